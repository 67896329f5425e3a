/** The parameter `state` of a sign-in: what it holds is sealed, and a cookie ties it to the browser that began. */
import type { FastifyOAuth2Options } from '@fastify/oauth2';
import { accountPath, consolePath } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, safeEqual } from '@gatehouse/service-kit/crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ownCookie } from '../pages/own-cookie.ts';
import type { Seal } from './seal.ts';

interface SignInStatesOptions {
  seal: Seal;
  publicUrl: string;
  now: Clock;
}

const stateSchema = z.object({
  /** The page to come back to. */
  to: z.string(),
  /** How often this sign-in began anew: another window was quicker, or the token was refused at once. */
  attempt: z.int(),
  atMs: z.number(),
  random: z.string(),
});

export type State = z.infer<typeof stateSchema>;

/** The options that tie an answer to the browser that asked. */
export type Binding = Required<
  Pick<
    FastifyOAuth2Options,
    'generateStateFunction' | 'checkStateFunction' | 'callbackUri' | 'redirectStateCookieName'
  >
>;

/** How long a sign-in may stay open: its state is accepted, and the cookies with state and verifier live, for this time. */
export const stateLifeMs = 3_600_000;
/** The state goes into a cookie, whose size browsers limit. */
const maxPathLength = 1500;

/** The browser has another state meanwhile, or none. */
export class OvertakenSignIn extends Error {}

export type SignInStates = ReturnType<typeof createSignInStates>;

export function createSignInStates({ seal, publicUrl, now }: SignInStatesOptions) {
  const { name: cookieName } = ownCookie(publicUrl, 'gatehouse-console-state');
  const begun = new WeakMap<FastifyRequest, Pick<State, 'to' | 'attempt'>>();

  const binding: Binding = {
    redirectStateCookieName: cookieName,
    callbackUri: (request: FastifyRequest) =>
      `${publicUrl}${areaOf(begun.get(request)?.to ?? request.url)}/callback`,
    generateStateFunction: async (request: FastifyRequest) =>
      seal.seal({
        to: consolePath,
        attempt: 0,
        ...begun.get(request),
        atMs: now(),
        random: randomToken(16),
      }),
    // Login CSRF (RFC 6749 section 10.12): only the browser that began the sign-in has its state in a cookie.
    checkStateFunction: async (request: FastifyRequest) => {
      const { state } = request.query as { state?: unknown };
      if (typeof state !== 'string' || !safeEqual(state, request.cookies[cookieName] ?? ''))
        throw new OvertakenSignIn();
      return true;
    },
  };

  return {
    binding,

    /** Notes what the state of this sign-in will hold. */
    begin(request: FastifyRequest, { to, attempt }: Pick<State, 'to' | 'attempt'>): void {
      begun.set(request, { to: to.length > maxPathLength ? areaOf(to) : to, attempt });
    },

    /** Undefined: it was not sealed here, or too long ago. */
    async read(text: unknown): Promise<State | undefined> {
      if (typeof text !== 'string') return undefined;
      const read = stateSchema.safeParse(await seal.open(text));
      return read.success && now() - read.data.atMs < stateLifeMs ? read.data : undefined;
    },
  };
}

/** The area that a path belongs to. */
export function areaOf(path: string): string {
  return path.startsWith(accountPath) ? accountPath : consolePath;
}
