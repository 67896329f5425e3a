/** Signs a person in at Auth API and brings them back to the page that they asked for. */
import { type AssuranceLevel, assuranceNames } from '@gatehouse/contracts/values';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthorizationServer } from './authorization-server.ts';
import { sendProblem } from './problem-page.ts';
import type { Sessions } from './sessions.ts';
import { areaOf, OvertakenSignIn, type SignInStates, type State } from './sign-in-state.ts';

interface SignInOptions {
  server: AuthorizationServer;
  sessions: Sessions;
  states: SignInStates;
  publicUrl: string;
}

export interface SignInWish {
  /** The page to come back to. */
  to: string;
  attempt?: number;
  maxAgeSeconds?: number;
  /** RFC 9470 section 4. */
  level?: AssuranceLevel;
  /** The name of the expected person: the page fills it in. */
  userName?: string | undefined;
}

export type SignIn = ReturnType<typeof createSignIn>;

export function createSignIn({ server, sessions, states, publicUrl }: SignInOptions) {
  /** Sends the browser to Auth API. */
  async function start(
    request: FastifyRequest,
    reply: FastifyReply,
    { to, attempt = 0, maxAgeSeconds, level = 'password', userName }: SignInWish,
  ): Promise<FastifyReply> {
    states.begin(request, { to, attempt });
    const uri = new URL(await server.authorizationUri(request, reply));
    if (maxAgeSeconds !== undefined) uri.searchParams.set('max_age', String(maxAgeSeconds));
    if (level !== 'password') uri.searchParams.set('acr_values', assuranceNames[level]);
    if (userName !== undefined) uri.searchParams.set('login_hint', userName);
    return reply.redirect(uri.href, 303);
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

    /** Mounted below each area, and guarded by nothing. */
    async callbackRoutes(pages: App): Promise<void> {
      pages.get('/callback', { schema: { hide: true } }, async (request, reply) => {
        const { state: text, code, iss } = request.query as Record<string, unknown>;
        const area = areaOf(request.url);
        const state = await states.read(text);
        // RFC 9207: an answer of another server is not redeemed at this one.
        if (state === undefined || (iss !== undefined && iss !== `${publicUrl}/auth/v3`))
          return sendProblem(request, reply, 'unknown', area);
        if (typeof code !== 'string') return sendProblem(request, reply, 'refused', state.to);
        const tokens = await redeem(request, reply);
        const session =
          tokens && (await sessions.begin(request, reply, tokens, { isRetry: state.attempt > 0 }));
        if (session === undefined) return startAnew(request, reply, state);
        return reply.redirect(state.to, 303);
      });
    },
  };
}
