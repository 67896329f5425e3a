/** Where a sign-in without an application ends. */
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { Deps } from '../deps.ts';
import { beginVisit, sendView } from '../pages/visit.ts';

export function signedInRoutes(pages: App, deps: Deps): void {
  pages.get(
    '/signed-in.html',
    { schema: { operationId: 'showSignedIn', summary: 'Says that the browser has a session' } },
    async (request, reply) => {
      if (!(await deps.isSignedIn(request))) return reply.redirect('/auth/sign-in.html', 303);
      const visit = beginVisit(request, reply);
      return sendView(visit, deps.assets, 'signed-in', { title: visit.text('signedIn.title') });
    },
  );
}
