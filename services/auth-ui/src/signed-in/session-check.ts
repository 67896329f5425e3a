/** Asks Auth API whether a browser has a live session. */
import type { HttpClient } from '@gatehouse/contracts/http-client';
import type { FastifyRequest } from 'fastify';
import { sessionCookieHeader } from '../auth-api/browser-cookies.ts';

export type SessionCheck = (request: FastifyRequest) => Promise<boolean>;

/** `http` must carry no credentials of its own. The check throws UpstreamError when Auth API cannot answer. */
export function createSessionCheck(http: HttpClient, publicUrl: string): SessionCheck {
  return async (request) => {
    const cookie = sessionCookieHeader(request, publicUrl);
    if (cookie === undefined) return false;
    const { status } = await http.send({
      method: 'GET',
      path: '/auth/v3/ping',
      headers: { cookie, 'x-request-id': request.id },
      accept: [401, 403],
    });
    return status === 200;
  };
}
