/** Asks Auth API whether a browser has a live session. */
import type { HttpClient } from '@gatehouse/contracts/http-client';
import type { FastifyRequest } from 'fastify';
import { sessionCookieName } from '../auth-api/browser-cookies.ts';

export type SessionCheck = (request: FastifyRequest) => Promise<boolean>;

/** `http` must carry no credentials of its own. The check throws UpstreamError when Auth API cannot answer. */
export function createSessionCheck(http: HttpClient, publicUrl: string): SessionCheck {
  const name = sessionCookieName(publicUrl);
  return async (request) => {
    const session = request.cookies[name];
    if (session === undefined) return false;
    const { status } = await http.send({
      method: 'GET',
      path: '/auth/v3/ping',
      headers: { cookie: `${name}=${encodeURIComponent(session)}`, 'x-request-id': request.id },
      accept: [401, 403],
    });
    return status === 200;
  };
}
