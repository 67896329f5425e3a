/** Where signing out ends, unless an application wants its user back. */
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { Deps } from '../deps.ts';
import { beginVisit, sendView } from '../pages/visit.ts';

export function signedOutRoutes(pages: App, { assets }: Pick<Deps, 'assets'>): void {
  pages.get(
    '/signed-out.html',
    { schema: { operationId: 'showSignedOut', summary: 'Says that the session has ended' } },
    async (request, reply) => {
      const visit = beginVisit(request, reply);
      return sendView(visit, assets, 'signed-out', { title: visit.text('signedOut.title') });
    },
  );
}
