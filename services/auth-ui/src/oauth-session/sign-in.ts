/** Signs a person in at Auth API and brings them back to the page that they asked for. */
import { accountPath, consolePath } from '@gatehouse/contracts/auth-api/console';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, safeEqual } from '@gatehouse/service-kit/crypto/secrets';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ownCookie } from '../pages/own-cookie.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { sendProblem } from './problem-page.ts';
import type { Seal } from './seal.ts';
import type { Sessions } from './sessions.ts';

interface SignInOptions {
  server: AuthorizationServer;
  sessions: Sessions;
  seal: Seal;
  publicUrl: string;
  now: Clock;
}

export type SignIn = ReturnType<typeof createSignIn>;

/** What the parameter `state` holds, sealed: only a sign-in that began here comes back. */
const stateSchema = z.object({
  /** The page to come back to. */
  to: z.string(),
  /** How often this sign-in began anew because another window was quicker. */
  attempt: z.int(),
  atMs: z.number(),
  random: z.string(),
});

type State = z.infer<typeof stateSchema>;

/** As long as the cookies live that hold state and verifier. */
const stateLifeMs = 3_600_000;
/** The state goes into a cookie, whose size browsers limit. */
const maxPathLength = 1500;

class OvertakenSignIn extends Error {}

export function createSignIn({ server, sessions, seal, publicUrl, now }: SignInOptions) {
  const { name: stateCookie } = ownCookie(publicUrl, 'gatehouse-console-state');
  const begun = new WeakMap<FastifyRequest, Pick<State, 'to' | 'attempt'>>();

  async function readState(text: unknown): Promise<State | undefined> {
    if (typeof text !== 'string') return undefined;
    const read = stateSchema.safeParse(await seal.open(text));
    return read.success && now() - read.data.atMs < stateLifeMs ? read.data : undefined;
  }

  /** Sends the browser to Auth API. */
  async function start(
    request: FastifyRequest,
    reply: FastifyReply,
    { to, attempt = 0 }: { to: string; attempt?: number },
  ): Promise<FastifyReply> {
    begun.set(request, { to: to.length > maxPathLength ? areaOf(to) : to, attempt });
    return reply.redirect(await server.authorizationUri(request, reply), 303);
  }

  /** Another window has signed in meanwhile, or this one asks for the same answer twice. */
  async function startAnew(request: FastifyRequest, reply: FastifyReply, { to, attempt }: State) {
    if ((await sessions.current(request, reply)) !== undefined) return reply.redirect(to, 303);
    if (attempt > 0) return sendProblem(request, reply, 'overtaken', to);
    return start(request, reply, { to, attempt: attempt + 1 });
  }

  async function redeem(request: FastifyRequest, reply: FastifyReply) {
    try {
      return await server.redeem(request, reply);
    } catch (error) {
      if (error instanceof OvertakenSignIn) return undefined;
      throw error;
    }
  }

  return {
    start,

    register: (pages: App) =>
      server.register(pages, {
        redirectStateCookieName: stateCookie,
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
        // Without the cookie of this browser, the code of somebody else's sign-in would be redeemed here.
        checkStateFunction: async (request: FastifyRequest) => {
          const { state } = request.query as { state?: unknown };
          if (typeof state !== 'string' || !safeEqual(state, request.cookies[stateCookie] ?? ''))
            throw new OvertakenSignIn();
          return true;
        },
      }),

    /** Mounted below each area, and guarded by nothing. */
    async callbackRoutes(pages: App): Promise<void> {
      pages.get('/callback', { schema: { hide: true } }, async (request, reply) => {
        const { state: text, code, iss } = request.query as Record<string, unknown>;
        const area = areaOf(request.url);
        const state = await readState(text);
        // RFC 9207: an answer of another server is not redeemed at this one.
        if (state === undefined || (iss !== undefined && iss !== `${publicUrl}/auth/v3`))
          return sendProblem(request, reply, 'unknown', area);
        if (typeof code !== 'string') return sendProblem(request, reply, 'refused', state.to);
        const tokens = await redeem(request, reply);
        const session = tokens && (await sessions.begin(reply, tokens));
        if (session === undefined) return startAnew(request, reply, state);
        return reply.redirect(state.to, 303);
      });
    },
  };
}

/** The area that a path belongs to. */
export function areaOf(path: string): string {
  return path.startsWith(accountPath) ? accountPath : consolePath;
}
