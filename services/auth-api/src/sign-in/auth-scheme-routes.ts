/** `/auth/v3/auth-scheme`: which step follows the user name. */
import { authSchemeAnswerSchema, authSchemeQuestionSchema } from '@gatehouse/contracts/auth-api/auth-scheme';
import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/envelope';
import type { App } from '@gatehouse/service-kit/http/app';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { acceptFormsAndJson } from '../sessions/browser-scope.ts';

export async function authSchemeRoutes(app: App): Promise<void> {
  await acceptFormsAndJson(app);

  app.route({
    method: 'POST',
    url: '/auth/v3/auth-scheme',
    schema: {
      operationId: 'authScheme',
      tags: ['sign-in'],
      summary: 'How the user of a tenant proves who they are',
      description: 'Tells nothing about whether the user or the tenant exists.',
      body: authSchemeQuestionSchema,
      response: { 200: envelopeOf(authSchemeAnswerSchema), 400: errorEnvelope },
    },
    // Contact centres keep their users at a Configuration Server: everybody has a password.
    handler: async () => ok({ scheme: 'basic' as const }),
  });
}
