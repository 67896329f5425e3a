/** Serves `/auth/v3/factors/passkeys`: the passkeys of a user. */
import { envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import {
  addedFactorSchema,
  factorNameSchema,
  passkeyOptionsSchema,
  registrationAnswerSchema,
} from '@gatehouse/contracts/auth-api';
import { forbidden } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { firstCodesOf, placeNameOf } from '../../factors/enrolment/set-up.ts';
import { passkeyPolicyOf } from '../../factors/passkeys/policy.ts';
import { heldRoutes } from './held-routes.ts';
import type { Owner } from './owners.ts';
import { changeDescription, type OwnFactorDeps, refusals, tags } from './route-parts.ts';

const params = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,1364}$/, 'must be the id of a passkey, in base64url'),
});

export function passkeyRoutes(app: App, { owners, factors, contactCenters }: OwnFactorDeps): void {
  const { registrations, service } = factors.passkeys;

  app.post(
    '/passkeys/options',
    {
      schema: {
        operationId: 'startPasskey',
        tags,
        summary: 'What a browser needs to make a passkey (WebAuthn, PublicKeyCredentialCreationOptionsJSON)',
        description: `${changeDescription} The challenge works once, for five minutes, in the same session.`,
        response: { 200: envelopeOf(passkeyOptionsSchema), ...refusals, 409: errorEnvelope },
      },
    },
    async (request) => {
      const owner = await owners.add(request, 'passkey');
      const { username, contactCenterId, dbid } = owner.caller.identity;
      const place = await placeNameOf(contactCenters, contactCenterId);
      const shown = { userName: username, displayName: username, place, dbid };
      return ok(await registrations.begin(ceremonyOf(owner), shown));
    },
  );

  app.post(
    '/passkeys',
    {
      schema: {
        operationId: 'addPasskey',
        tags,
        summary: 'Add the passkey that the browser made',
        description: `${changeDescription} Somebody without recovery codes gets ten.`,
        body: wrapped(z.object({ name: factorNameSchema, answer: registrationAnswerSchema })),
        response: { 200: envelopeOf(addedFactorSchema), 400: errorEnvelope, ...refusals, 409: errorEnvelope },
      },
    },
    async (request) => {
      const owner = await owners.add(request, 'passkey');
      const { caller, reason } = owner;
      await registrations.finish(ceremonyOf(owner), { ...request.body.data, reason });
      return ok(await firstCodesOf(factors, caller.identity));
    },
  );

  heldRoutes(
    app,
    { owners },
    {
      ...{ path: '/passkeys/:id', params, words: 'a passkey', service },
      operationIds: { rename: 'renamePasskey', remove: 'removePasskey' },
    },
  );
}

/** The session stands for the browser: a challenge of another one is not answered here. */
function ceremonyOf({ caller, policy }: Owner) {
  const { identity, sid } = caller;
  if (sid === undefined) throw forbidden('Passkeys are made with a session of a browser');
  return { person: identity, browser: sid, policy: passkeyPolicyOf(policy) };
}
