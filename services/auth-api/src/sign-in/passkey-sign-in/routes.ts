/** Serves `/auth/v3/passkey-sign-in`: the button and the autofill of the sign-in page. */
import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/answers';
import { authenticationAnswerSchema, jsonField } from '@gatehouse/contracts/auth-api';
import { freeText } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import { z } from 'zod';
import { acceptFormsAndJson, flag, isJson, isSet } from '../../browser/cookies/browser-scope.ts';
import { answerFailure } from '../password/failed-form.ts';
import type { PasskeySignIn } from './service.ts';

const formSchema = z.object({ interaction: freeText(128).optional(), csrf: freeText(256).optional() });

interface PasskeyRoutesDeps {
  passkeySignIn: PasskeySignIn;
  /** Each challenge is kept for five minutes. */
  starts: AttemptLimiter;
}

export async function passkeySignInRoutes(app: App, { passkeySignIn, starts }: PasskeyRoutesDeps) {
  await acceptFormsAndJson(app);

  app.post(
    '/options',
    {
      schema: {
        operationId: 'beginPasskeySignIn',
        tags: ['sign-in'],
        summary: 'What the browser needs to sign in by a passkey alone',
        description: 'For the script of the page: the JSON form of WebAuthn, without the envelope.',
        body: formSchema,
        response: { 200: z.looseObject({ challenge: z.string() }), 400: errorEnvelope, 403: errorEnvelope },
      },
    },
    async (request, reply) => {
      starts.reserve(request.ip);
      return reply.send({ ...(await passkeySignIn.options({ request, reply }, request.body)) });
    },
  );

  app.post(
    '',
    {
      schema: {
        operationId: 'signInByPasskey',
        tags: ['sign-in'],
        summary: 'Sign a browser in by a passkey alone',
        description:
          'A form is answered by a redirect: onward, or back to the page. JSON is answered by the envelope. Needs the csrf token of the interaction, or an Origin of our own.',
        body: formSchema.extend({
          answer: jsonField(authenticationAnswerSchema),
          remember: flag.optional().transform(isSet),
        }),
        response: { 200: envelopeOf(z.object({ redirectUri: z.string() })), 403: errorEnvelope },
      },
    },
    async (request, reply) => {
      try {
        const location = await passkeySignIn.signIn({ request, reply }, request.body);
        return isJson(request) ? reply.send(ok({ redirectUri: location })) : reply.redirect(location, 303);
      } catch (error) {
        return answerFailure(request, reply, error);
      }
    },
  );
}
