/** The page that asks whether an application may have what it asks for. */
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { interactionExpired } from '../pages/error-page.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { interactionIdSchema, readInteraction } from '../sign-in/interaction.ts';
import { consentPage } from './page.ts';

export function consentRoutes(pages: App, deps: Deps): void {
  pages.get(
    '/consent.html',
    {
      schema: {
        operationId: 'showConsent',
        summary: 'The page that asks whether an application may have what it asks for',
        querystring: z.object({ interaction: interactionIdSchema }),
      },
    },
    async (request, reply) => {
      const interaction = await readInteraction(deps, request, request.query.interaction);
      if (interaction?.consent === undefined) throw interactionExpired('not waiting for a consent');
      const visit = beginVisit(request, reply, interaction);
      return sendView(visit, deps.assets, 'consent', consentPage(visit, interaction.consent));
    },
  );
}
