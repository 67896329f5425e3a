/** Composes the front page of the public host, and the health of the sign-in. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import type { Domain } from '../pages/domain.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { createHealth } from './health.ts';

interface FrontPageOptions {
  authApi: AuthApiClient;
  now: Clock;
  publicUrl: string;
  /** Addresses that only the operator knows. */
  links: { documentationUrl: string | undefined; playgroundUrl: string | undefined };
}

export function composeFrontPage({ authApi, now, publicUrl, links }: FrontPageOptions) {
  const health = createHealth({ authApi, now });

  async function routes(pages: App) {
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

  async function healthRoutes(pages: App) {
    pages.get(
      '',
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

  return {
    mounts: [
      ['front page', '', routes],
      ['pages', '/health', healthRoutes],
    ],
  } satisfies Domain;
}
