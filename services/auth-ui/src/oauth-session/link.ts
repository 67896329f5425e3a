/** Begins a session of the operator from the link that the operator made. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthorizationServer } from './authorization-server.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

interface LinkOptions {
  server: Pick<AuthorizationServer, 'redeemLink' | 'revoke'>;
  sessions: Pick<Sessions, 'begin' | 'current'>;
}

export function createLinkSignIn({ server, sessions }: LinkOptions) {
  /** The session of this browser; undefined also while Auth API does not answer. */
  const present = (request: FastifyRequest, reply: FastifyReply) =>
    sessions.current(request, reply).catch(() => undefined);

  /** No browser holds its tokens any more. */
  async function end(session: Session, request: FastifyRequest): Promise<void> {
    try {
      await server.revoke(session);
    } catch (error) {
      request.log.warn({ err: error }, 'the tokens of the session before could not be revoked: they expire');
    }
  }

  return {
    present,
    /** Undefined: the link is unknown, used or too old; the session before stays. @throws UpstreamError */
    async beginByLink(
      request: FastifyRequest,
      reply: FastifyReply,
      code: string,
    ): Promise<Session | undefined> {
      const before = await present(request, reply);
      const tokens = await server.redeemLink(code, { visitorAddress: request.ip, requestId: request.id });
      const session = tokens && (await sessions.begin(request, reply, tokens));
      if (session !== undefined && before !== undefined) await end(before, request);
      return session;
    },
  };
}
