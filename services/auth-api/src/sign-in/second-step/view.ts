/** Reads a sign-in that waits as Auth UI shows it. */
import { browserHeader, type SecondStepView, secondStepHeader } from '@gatehouse/contracts/auth-api';
import { definedOnly, freeText } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { notFound } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import { wellFormed } from '../../browser/cookies/browser-cookies.ts';
import type { Factors } from '../../factors/compose.ts';
import { daysUntil } from '../../factors/enrolment/permission.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { StepEnrolment } from './enrolment.ts';
import type { Situations } from './situation.ts';
import type { WaitingStore } from './store.ts';
import { interactionOf, type WaitingSignIn } from './waiting.ts';

export const stepCallSchema = {
  headers: z.object({
    [browserHeader]: freeText(128).optional(),
    [secondStepHeader]: freeText(128).optional(),
  }),
};

interface StepViewOptions {
  store: Pick<WaitingStore, 'read'>;
  situations: Pick<Situations, 'ofWaiting'>;
  enrolment: Pick<StepEnrolment, 'codesOf'>;
  factors: Pick<Factors, 'totp'>;
  contactCenters: Pick<ContactCenterService, 'get'>;
  now: Clock;
}

export type ReadStep = ReturnType<typeof createStepReader>;

export function createStepReader(options: StepViewOptions) {
  const { store, situations, enrolment, factors, contactCenters, now } = options;

  async function viewOf(waiting: WaitingSignIn): Promise<SecondStepView> {
    const { identity, failure, csrf, expiresAtMs } = waiting;
    const [{ next, need, policy }, contactCenter] = await Promise.all([
      situations.ofWaiting(waiting),
      contactCenters.get(identity.contactCenterId),
    ]);
    const contactCenterName = contactCenter?.name ?? '';
    const recoveryCodes = enrolment.codesOf(waiting);
    const isMissing = next.state === 'blocked' && next.passkeysAreMissed;
    const isEnrol = recoveryCodes === undefined && next.state === 'enrol';
    return definedOnly({
      state: recoveryCodes === undefined ? next.state : ('codes' as const),
      interaction: interactionOf(waiting),
      userName: identity.username,
      contactCenterName,
      need,
      factors: next.state === 'verify' ? next.factors : { passkey: false, totp: false, recoveryCode: false },
      allowedFactors: isEnrol ? next.allowed : [],
      enrolment: isEnrol ? { by: next.by, daysLeft: daysUntil(next.graceEndsAtMs, now()) } : undefined,
      totp: isEnrol ? await setUpOf(waiting, contactCenterName) : undefined,
      recoveryCodes,
      // A new password ends every remembered device.
      rememberDays: waiting.passwordIsOver === undefined ? policy.rememberDays : 0,
      csrf,
      failure: failure?.reason ?? (isMissing ? ('passkeys_off' as const) : undefined),
      retryAfterSeconds: failure?.retryAfterSeconds,
      correlationId: failure?.correlationId,
      expiresAt: new Date(expiresAtMs).toISOString(),
    });
  }

  const setUpOf = async ({ identity, totpId }: WaitingSignIn, issuer: string) =>
    totpId === undefined
      ? undefined
      : factors.totp.waiting(identity, totpId, { issuer, account: identity.username });

  /** @throws AppError not_found (404): it has expired, or is of another browser; 503 */
  return async (step: string | undefined, browser: string | undefined): Promise<SecondStepView> => {
    const place = { step: wellFormed(step), browser: wellFormed(browser) };
    const waiting =
      place.step === undefined || place.browser === undefined
        ? undefined
        : await store.read({ step: place.step, browser: place.browser });
    if (waiting === undefined) throw notFound('There is no such sign-in');
    return viewOf(waiting);
  };
}
