/** Serves `/auth/v3/sign-in`: the password form of the login page, or the same as JSON. */

import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/answers';
import { freeText } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { acceptFormsAndJson, flag, isJson, isSet } from '../../browser/cookies/browser-scope.ts';
import { answerFailure } from './failed-form.ts';
import type { SignInService } from './service.ts';

// Compared, never stored: whatever cannot be a name or a password is a wrong one, and is answered as such.
const text = z.string().default('');

export const signInSchema = z.object({
  username: text,
  password: text,
  tenant: z.string().optional(),
  /** Compat; the scheme is decided by `auth-scheme`. */
  saml: freeText(64).optional(),
  interaction: freeText(128).optional(),
  csrf: freeText(256).optional(),
  /** Stay signed in on this device, where the installation offers it. */
  remember: flag.optional().transform(isSet),
});

export async function signInRoutes(app: App, { signIn }: { signIn: SignInService }): Promise<void> {
  await acceptFormsAndJson(app);

  app.post(
    '/sign-in',
    {
      schema: {
        operationId: 'signIn',
        tags: ['sign-in'],
        summary: 'Sign a browser in',
        description:
          'A form is answered by a redirect: onward, or back to the page. JSON is answered by the envelope. Needs the csrf token of the interaction, or an Origin of our own.',
        body: signInSchema,
        response: { 200: envelopeOf(z.object({ redirectUri: z.string() })), 403: errorEnvelope },
      },
    },
    async (request, reply) => {
      try {
        const { location } = await signIn.signIn({ request, reply }, request.body);
        return isJson(request) ? reply.send(ok({ redirectUri: location })) : reply.redirect(location, 302);
      } catch (error) {
        return answerFailure(request, reply, error);
      }
    },
  );
}
