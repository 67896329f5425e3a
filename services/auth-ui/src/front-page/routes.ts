/** Serves the front page of the public host, and the health of the sign-in. */
import type { App } from '@gatehouse/service-kit/http';
import { beginVisit, sendView } from '../pages/visit.ts';
import type { Health } from './health.ts';

interface FrontPageOptions {
  health: Health;
  publicUrl: string;
  /** Addresses that only the operator knows. */
  links: { documentationUrl: string | undefined; playgroundUrl: string | undefined };
}

export function frontPageRoutes(pages: App, { health, publicUrl, links }: FrontPageOptions): void {
  pages.get(
    '',
    { schema: { operationId: 'showFrontPage', summary: 'Says what runs on this host' } },
    async (request, reply) => {
      const visit = beginVisit(request, reply);
      return sendView(visit, 'front', {
        title: visit.text('front.title'),
        issuer: `${publicUrl}/auth/v3`,
        environmentApi: `${publicUrl}/environment/v3`,
        canSignIn: await health.canSignIn(),
        ...links,
      });
    },
  );
}

export function healthRoutes(pages: App, { health }: { health: Health }): void {
  pages.get(
    '/health',
    { schema: { operationId: 'showHealth', summary: 'Says whether people can sign in' } },
    async (_request, reply) => {
      const canSignIn = await health.canSignIn();
      if (!canSignIn) reply.code(503).header('retry-after', '2');
      return reply
        .header('cache-control', 'no-store')
        .type('application/health+json')
        .send(JSON.stringify({ status: canSignIn ? 'pass' : 'fail' }));
    },
  );
}
