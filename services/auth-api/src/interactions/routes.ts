/** Serves `/auth/v3/internal/interactions/{id}`, which Auth UI reads to render the login page. */

import { browserHeader, interactionViewSchema } from '@gatehouse/contracts/auth-api/interaction';
import { envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/envelope';
import { freeText } from '@gatehouse/contracts/text';
import { AppError, notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { z } from 'zod';
import type { InteractionService } from './service.ts';
import { viewOf } from './view.ts';

export interface InteractionRoutesDeps {
  interactions: InteractionService;
  /** Whether users may stay signed in on a device of their own. */
  offersRemember: boolean;
}

export function interactionRoutes(app: App, { interactions, offersRemember }: InteractionRoutesDeps): void {
  app.get(
    '/interactions/:id',
    {
      schema: {
        operationId: 'readInteraction',
        tags: ['internal'],
        summary: 'A pending login, for the browser that started it',
        params: z.object({ id: freeText(128) }),
        headers: z.object({ [browserHeader]: freeText(128).optional() }),
        response: {
          200: envelopeOf(interactionViewSchema),
          401: securityError,
          403: errorEnvelope,
          404: errorEnvelope,
        },
      },
    },
    async (request) => {
      const browser = request.headers[browserHeader];
      try {
        return ok(viewOf(await interactions.read(request.params.id, browser), offersRemember));
      } catch (error) {
        // Programs get a 404; Auth UI has its own text for people.
        if (error instanceof AppError && error.name === 'interaction_expired')
          throw notFound('There is no such interaction');
        throw error;
      }
    },
  );
}
