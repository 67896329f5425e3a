/** Serves `/auth/v3/internal/interactions/{id}`, which Auth UI reads to render the login page. */

import { envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { browserHeader, interactionViewSchema } from '@gatehouse/contracts/auth-api';
import { type App, ok } from '@gatehouse/service-kit/http';
import { interactionCallSchema, type ReadView } from './view.ts';

export function interactionRoutes(app: App, { readView }: { readView: ReadView }): void {
  app.get(
    '/interactions/:id',
    {
      schema: {
        operationId: 'readInteraction',
        tags: ['internal'],
        summary: 'A pending login, for the browser that started it',
        ...interactionCallSchema,
        response: {
          200: envelopeOf(interactionViewSchema),
          401: securityError,
          403: errorEnvelope,
          404: errorEnvelope,
        },
      },
    },
    async (request) => ok(await readView(request.params.id, request.headers[browserHeader])),
  );
}
