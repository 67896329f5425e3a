/** The page for a new password. Its form goes straight to Auth API, so that no password passes through here. */
import { interactionErrorSchema } from '@gatehouse/contracts/auth-api/interaction';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { interactionIdSchema, readInteraction } from '../sign-in/interaction.ts';
import { changePasswordPage } from './page.ts';

const querySchema = z.object({
  interaction: interactionIdSchema,
  error: z.string().max(64).optional(),
  ui_locales: z.string().max(256).optional(),
});

export function passwordChangeRoutes(pages: App, deps: Deps): void {
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
      const interaction = await readInteraction(deps, request, request.query.interaction);
      const visit = beginVisit(request, reply, interaction);
      const reason = interaction?.error ?? interactionErrorSchema.safeParse(request.query.error).data;
      const hasFailed = request.query.error !== undefined;
      return sendView(visit, deps.assets, 'change-password', changePasswordPage(visit, reason, hasFailed));
    },
  );
}
