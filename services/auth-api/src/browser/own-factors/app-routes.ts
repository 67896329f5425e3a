/** Serves `/auth/v3/factors/totp`: the apps of a user that show one-time codes. */
import { envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import { addedFactorSchema, newFactorSchema, startedAppSchema } from '@gatehouse/contracts/auth-api';
import { label } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { firstCodesOf, placeNameOf } from '../../factors/enrolment/set-up.ts';
import { heldRoutes } from './held-routes.ts';
import { changeDescription, type OwnFactorDeps, refusals, tags } from './route-parts.ts';

const params = z.object({ id: z.uuid() });

export function appRoutes(app: App, { owners, factors, contactCenters }: OwnFactorDeps): void {
  app.post(
    '/totp',
    {
      schema: {
        operationId: 'startApp',
        tags,
        summary: 'Make the secret of an app for one-time codes, which counts once a code of it came',
        description: `${changeDescription} The secret waits for ten minutes, and takes the place of one that waits.`,
        body: wrapped(newFactorSchema),
        response: { 200: envelopeOf(startedAppSchema), ...refusals },
      },
    },
    async (request) => {
      const { identity } = (await owners.add(request, 'totp')).caller;
      const { name } = request.body.data;
      const { contactCenterId, username } = identity;
      const issuer = await placeNameOf(contactCenters, contactCenterId);
      return ok(await factors.totp.begin(identity, { ...factors.appForm, name, issuer, account: username }));
    },
  );

  app.post(
    '/totp/:id/confirm',
    {
      schema: {
        operationId: 'confirmApp',
        tags,
        summary: 'Prove by a code that the app has the secret: it counts from now on',
        description: `${changeDescription} Somebody without recovery codes gets ten.`,
        params,
        body: wrapped(z.object({ code: label(32) })),
        response: { 200: envelopeOf(addedFactorSchema), 400: errorEnvelope, ...refusals, 409: errorEnvelope },
      },
    },
    async (request) => {
      const { caller, reason } = await owners.add(request, 'totp');
      const { identity } = caller;
      const { code } = request.body.data;
      const given = await factors.totp.confirm(identity, { id: request.params.id, code, reason }, {});
      if (given === undefined)
        throw badRequest(
          'The code is not right: wait for the next one, and compare the clock of the telephone',
          {
            field: 'data.code',
          },
        );
      return ok(await firstCodesOf(factors, identity));
    },
  );

  heldRoutes(
    app,
    { owners },
    {
      ...{ path: '/totp/:id', params, words: 'an app for one-time codes', service: factors.totp },
      operationIds: { rename: 'renameApp', remove: 'removeApp' },
    },
  );
}
