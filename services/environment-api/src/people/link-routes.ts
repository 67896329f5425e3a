/** The route by which administrators make the link for a first password. */
import { envelopeOf } from '@gatehouse/contracts/answers';
import { issuedPasswordLinkSchema } from '@gatehouse/contracts/environment-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import type { PasswordLinks } from './password-links.ts';

export function passwordLinkRoutes(api: App, { passwordLinks }: { passwordLinks: PasswordLinks }): void {
  api.post(
    '/:personId/password-link',
    {
      schema: {
        tags: ['people'],
        operationId: 'createPasswordLink',
        summary:
          'Make the link by which a person of the people store chooses a first password; it replaces the one before',
        params: z.object({ id: z.string(), personId: z.string() }),
        response: { 200: envelopeOf(issuedPasswordLinkSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { id, personId } = request.params;
      // Without the Idempotency-Key: a repetition could not be answered, because the code is not kept.
      const context = { ...contextOf(request), keyed: undefined };
      return ok(await passwordLinks.issue(context, id, personId));
    },
  );
}
