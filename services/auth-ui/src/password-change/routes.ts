/** Serves the page for a new password. Its form goes to Auth API, so that no password passes through Auth UI. */
import { interactionErrorSchema } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { type Interactions, interactionIdSchema } from '../auth-api/interactions.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { changePasswordPage } from './page.ts';

const querySchema = z.object({
  interaction: interactionIdSchema,
  error: z.string().max(64).optional(),
  ui_locales: z.string().max(256).optional(),
});

export function passwordChangeRoutes(pages: App, { interactions }: { interactions: Interactions }): void {
  pages.get(
    '/change-password.html',
    {
      schema: {
        operationId: 'showPasswordChange',
        summary: 'The page for a new password',
        querystring: querySchema,
      },
    },
    async (request, reply) => {
      const interaction = await interactions.read(request, request.query.interaction);
      const visit = beginVisit(request, reply, interaction);
      const reason = interaction?.error ?? interactionErrorSchema.safeParse(request.query.error).data;
      const hasFailed = request.query.error !== undefined;
      return sendView(visit, 'change-password', changePasswordPage(visit, reason, hasFailed));
    },
  );
}
