/** Serves the page where a sign-in without an application ends. */
import type { HttpClient } from '@gatehouse/api-client/http';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { sessionCookieHeader } from '../auth-api/browser-cookies.ts';
import { takeReturn } from '../pages/return.ts';
import { beginVisit, sendView } from '../pages/visit.ts';

/** `http` must carry no credentials of its own. */
export function signedInRoutes(
  pages: App,
  { http, publicUrl }: { http: HttpClient; publicUrl: string },
): void {
  /** Asks Auth API whether the browser has a live session. @throws UpstreamError */
  async function hasSession(request: FastifyRequest): Promise<boolean> {
    const cookie = sessionCookieHeader(request, publicUrl);
    if (cookie === undefined) return false;
    const { status } = await http.send({
      method: 'GET',
      path: '/auth/v3/ping',
      headers: { cookie, 'x-request-id': request.id },
      alsoStatuses: [401, 403],
    });
    return status === 200;
  }

  pages.get(
    '/signed-in.html',
    { schema: { operationId: 'showSignedIn', summary: 'Says that the browser has a session' } },
    async (request, reply) => {
      if (!(await hasSession(request))) return reply.redirect('/auth/sign-in.html', 303);
      const wanted = takeReturn(request, reply, publicUrl);
      if (wanted !== undefined) return reply.redirect(wanted, 303);
      const visit = beginVisit(request, reply);
      return sendView(visit, 'signed-in', { title: visit.text('signedIn.title') });
    },
  );
}
