/** Serves `/auth/v3/factors`: the second factors of a user, recovery codes, and the browsers that are not asked for a factor. */

import { isFresh } from '@gatehouse/caller-auth/credentials';
import { emptyEnvelope, envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { type OwnFactors, ownFactorsAnswer, recoveryCodesSchema } from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { notFound } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { Factors } from '../../factors/compose.ts';
import { rememberPolicyOf } from '../../factors/devices/service.ts';
import { daysUntil, freshSeconds } from '../../factors/enrolment/permission.ts';
import type { PastFactorChange } from '../../factors/store/history.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import { appRoutes } from './app-routes.ts';
import type { Owner } from './owners.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { changeDescription, type OwnFactorDeps, refusals, tags } from './route-parts.ts';

const maxHistory = 20;

export function ownFactorRoutes(app: App, deps: OwnFactorDeps): void {
  const { owners, factors, now } = deps;

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  // Before the body is looked at: a stranger learns nothing of what it should be.
  app.addHook('preValidation', owners.require);

  app.get(
    '',
    {
      schema: {
        operationId: 'listFactors',
        tags,
        summary: "The user's own second factors, what may be added, and the last changes",
        description:
          'By the session of the browser, or by a token of the account area with the scope `sessions`; tokens of other clients are refused.',
        response: { 200: ownFactorsAnswer, 401: securityError, 403: errorEnvelope, 503: errorEnvelope },
      },
    },
    async (request) => {
      const owner = await owners.look(request);
      return ok(await viewOf(factors, owner, now()));
    },
  );

  appRoutes(app, deps);
  passkeyRoutes(app, deps);

  app.post(
    '/recovery-codes',
    {
      schema: {
        operationId: 'makeRecoveryCodes',
        tags,
        summary: 'Make ten new recovery codes; those before work no longer',
        description: changeDescription,
        response: { 200: envelopeOf(recoveryCodesSchema), ...refusals, 409: errorEnvelope },
      },
    },
    async (request) => {
      const { identity } = (await owners.change(request)).caller;
      return ok({ codes: await factors.recovery.make(identity, { by: identity.sub }) });
    },
  );

  app.delete(
    '/devices',
    {
      schema: {
        operationId: 'endOwnDevices',
        tags,
        summary: 'Ask for a second factor in every browser again',
        description: changeDescription,
        response: { 200: emptyEnvelope, ...refusals },
      },
    },
    async (request) => {
      await factors.devices.endAll((await owners.change(request)).caller.identity);
      return ok();
    },
  );

  app.delete(
    '/devices/:id',
    {
      schema: {
        operationId: 'endOwnDevice',
        tags,
        summary: 'Ask for a second factor in one browser again',
        description: changeDescription,
        params: z.object({ id: z.uuid() }),
        response: { 200: emptyEnvelope, ...refusals, 404: errorEnvelope },
      },
    },
    async (request) => {
      const { identity } = (await owners.change(request)).caller;
      if (!(await factors.devices.end(identity, request.params.id)))
        throw notFound('There is no such remembered browser');
      return ok();
    },
  );
}

async function viewOf(
  factors: Factors,
  { caller, policy, situation, held }: Owner,
  nowMs: number,
): Promise<OwnFactors> {
  const { identity } = caller;
  const [apps, passkeys, accepted, devices, history] = await Promise.all([
    factors.totp.list(identity),
    factors.passkeys.service.list(identity),
    factors.passkeys.service.accepted(identity),
    factors.devices.list(identity, rememberPolicyOf(policy)),
    factors.history(identity),
  ]);
  const { addable, required, isInvitationNeeded, graceEndsAtMs, stepUp } = situation;
  return definedOnly({
    apps: apps.map(({ id, name, madeAt, usedAt }) => ({ id, name, ...times({ madeAt, usedAt }) })),
    passkeys: passkeys.map(({ id, name, aaguid, isSynced, isEligible, hasCloneWarning, madeAt, usedAt }) => ({
      ...{ id, name, model: aaguid, synced: isSynced, mayBeSynced: isEligible, copied: hasCloneWarning },
      ...times({ madeAt, usedAt }),
    })),
    acceptedPasskeys: accepted && { ...accepted, userName: identity.username },
    recoveryCodes: held.recoveryCodes,
    devices: devices.map(({ id, grantedAt, endsAt, userAgent }) => ({
      ...{ id, userAgent },
      grantedAt: grantedAt.toISOString(),
      endsAt: endsAt.toISOString(),
    })),
    history: history.slice(0, maxHistory).map((change) => shown(change, identity)),
    addable,
    required: required !== 'password',
    invitationNeeded: isInvitationNeeded,
    daysLeft: daysUntil(graceEndsAtMs, nowMs),
    newFactorAdvised: isAdvised(history),
    stepUp: {
      level: stepUp.level,
      maxAgeSeconds: freshSeconds,
      met: isFresh(stepUp, freshSeconds, nowMs),
    },
  });
}

function times({ madeAt, usedAt }: { madeAt: Date; usedAt: Date | null | undefined }) {
  return definedOnly({ madeAt: madeAt.toISOString(), lastUsedAt: usedAt?.toISOString() });
}

/** The reason of an administrator is for administrators. */
function shown({ at, change, factor, name, by }: PastFactorChange, { sub }: PersonKey) {
  return definedOnly({ at: at.toISOString(), change, factor, name, own: by === sub });
}

/** A recovery code was used, and neither a new factor nor a reset came after it. */
function isAdvised(history: readonly PastFactorChange[]): boolean {
  const last = history.find(
    ({ change, factor }) =>
      change === 'reset' ||
      (change === 'used' && factor === 'recoveryCodes') ||
      (change === 'added' && factor !== 'recoveryCodes'),
  );
  return last?.change === 'used';
}
