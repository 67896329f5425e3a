/** The user's own sessions, asked of Auth API with the cookie of the browser. */
import { type SessionList, sessionListSchema } from '@gatehouse/contracts/auth-api/sessions';
import type { HttpClient } from '@gatehouse/contracts/http-client';
import type { FastifyRequest } from 'fastify';
import { sessionCookieHeader } from '../auth-api/browser-cookies.ts';

/** Each throws UpstreamError when Auth API cannot answer. */
export interface OwnSessions {
  /** Undefined when the browser has no live session. */
  list(request: FastifyRequest): Promise<SessionList | undefined>;
  /** Ends one of them, wherever it is; one that is gone already is no error. False without a live session. */
  end(request: FastifyRequest, id: string): Promise<boolean>;
}

/** `http` must carry no credentials of its own. */
export function createOwnSessions(http: HttpClient, publicUrl: string): OwnSessions {
  const headersOf = (request: FastifyRequest) => {
    const cookie = sessionCookieHeader(request, publicUrl);
    return cookie === undefined ? undefined : { cookie, origin: publicUrl, 'x-request-id': request.id };
  };
  const path = '/auth/v3/sessions';

  return {
    async list(request) {
      const headers = headersOf(request);
      if (headers === undefined) return undefined;
      const { status, text } = await http.send({ method: 'GET', path, headers, accept: [401] });
      return status === 401 ? undefined : sessionListSchema.parse(JSON.parse(text));
    },
    async end(request, id) {
      const headers = headersOf(request);
      if (headers === undefined) return false;
      const { status } = await http.send({
        method: 'DELETE',
        path: `${path}/${encodeURIComponent(id)}`,
        headers,
        accept: [401, 404],
      });
      return status !== 401;
    },
  };
}
