/** Lists and ends the user's own sessions at Auth API, with the cookie of the browser. */

import type { HttpClient } from '@gatehouse/api-client/http-client';
import { type SessionList, sessionListSchema } from '@gatehouse/contracts/auth-api/sessions';
import type { FastifyRequest } from 'fastify';
import { sessionCookieHeader } from '../auth-api/browser-cookies.ts';

export type OwnSessions = ReturnType<typeof createOwnSessions>;

/** `http` must carry no credentials of its own. Both calls throw UpstreamError when Auth API cannot answer. */
export function createOwnSessions({ http, publicUrl }: { http: HttpClient; publicUrl: string }) {
  const headersOf = (request: FastifyRequest) => {
    const cookie = sessionCookieHeader(request, publicUrl);
    return cookie === undefined ? undefined : { cookie, origin: publicUrl, 'x-request-id': request.id };
  };
  const path = '/auth/v3/sessions';

  return {
    /** Undefined: the browser has no live session. */
    async list(request: FastifyRequest): Promise<SessionList | undefined> {
      const headers = headersOf(request);
      if (headers === undefined) return undefined;
      const { status, text } = await http.send({ method: 'GET', path, headers, alsoStatuses: [401] });
      return status === 401 ? undefined : sessionListSchema.parse(JSON.parse(text));
    },
    /** Ends one of them on any device; an unknown id is no error. False: the browser has no live session. */
    async end(request: FastifyRequest, id: string): Promise<boolean> {
      const headers = headersOf(request);
      if (headers === undefined) return false;
      const { status } = await http.send({
        method: 'DELETE',
        path: `${path}/${encodeURIComponent(id)}`,
        headers,
        alsoStatuses: [401, 404],
      });
      return status !== 401;
    },
  };
}
