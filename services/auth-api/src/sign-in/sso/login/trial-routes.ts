/** Serves `sso-trials` below `/auth/v3/ops/contact-centers/{id}`: an administrator signs in at the identity provider as a test. */
import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/answers';
import {
  ssoTrialBodySchema,
  ssoTrialSchema,
  ssoTrialStartSchema,
} from '@gatehouse/contracts/auth-administration';
import { freeText } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../../core/administration/actor.ts';
import { refusalsOfOne } from '../../../core/administration/refusals.ts';
import { trialPath } from './start-routes.ts';
import type { Trials } from './trials.ts';

const tags = ['single sign-on'];

export function trialRoutes(app: App, { trials, publicUrl }: { trials: Trials; publicUrl: string }): void {
  app.post(
    '/contact-centers/:id/sso-trials',
    {
      schema: {
        operationId: 'beginSsoTrial',
        tags,
        summary: 'Begin a sign-in as a test: nobody gets a session by it',
        description:
          'A browser that opens the address within five minutes goes to the identity provider, and comes back to a page of the console that shows the result to the caller of this operation alone.',
        params: z.object({ id: z.guid() }),
        body: ssoTrialBodySchema,
        response: { 200: envelopeOf(ssoTrialStartSchema), ...refusalsOfOne, 409: errorEnvelope },
      },
    },
    async (request) => {
      const place = { ...request.body.data, contactCenterId: request.params.id.toLowerCase() };
      const ticket = await trials.order(place, actorOf(request));
      return ok({ address: `${publicUrl}${trialPath}?ticket=${ticket}` });
    },
  );

  app.get(
    '/contact-centers/:id/sso-trials/:result',
    {
      schema: {
        operationId: 'readSsoTrial',
        tags,
        summary:
          'What the identity provider sent in a sign-in as a test, and what a sign-in would do with it',
        params: z.object({ id: z.guid(), result: freeText(128) }),
        response: { 200: envelopeOf(ssoTrialSchema), ...refusalsOfOne, 409: errorEnvelope },
      },
    },
    async (request) =>
      ok(await trials.read(request.params.id.toLowerCase(), request.params.result, actorOf(request))),
  );
}
