/** Serves the page that asks whether an application may have what it asks for. */
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { type Interactions, interactionIdSchema } from '../auth-api/interactions.ts';
import { interactionExpired } from '../pages/error-page.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { rememberApplication } from '../pages/waiting-applications.ts';
import { consentPage } from './page.ts';

export function consentRoutes(
  pages: App,
  { interactions, publicUrl }: { interactions: Interactions; publicUrl: string },
): void {
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
      const interaction = await interactions.read(request, request.query.interaction);
      if (interaction?.consent === undefined) throw interactionExpired('not waiting for a consent');
      rememberApplication(request, reply, interaction, publicUrl);
      const visit = beginVisit(request, reply, interaction);
      return sendView(visit, 'consent', consentPage(visit, interaction.consent));
    },
  );
}
