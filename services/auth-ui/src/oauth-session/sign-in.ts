/** Signs a person in at Auth API and brings them back to the page that they asked for. */
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

export type SignIn = ReturnType<typeof createSignIn>;

export function createSignIn({ server, sessions, states, publicUrl }: SignInOptions) {
  /** Sends the browser to Auth API. */
  async function start(
    request: FastifyRequest,
    reply: FastifyReply,
    { to, attempt = 0, maxAgeSeconds }: { to: string; attempt?: number; maxAgeSeconds?: number },
  ): Promise<FastifyReply> {
    states.begin(request, { to, attempt });
    const uri = await server.authorizationUri(request, reply);
    return reply.redirect(maxAgeSeconds === undefined ? uri : `${uri}&max_age=${maxAgeSeconds}`, 303);
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
