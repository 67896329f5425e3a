/** Lets a person add a factor while the sign-in waits for it, where the next step allows that, and shows the recovery codes once. */

import type { RegistrationAnswer } from '@gatehouse/contracts/auth-api';
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { Factors } from '../../factors/compose.ts';
import { firstCodesOf, placeNameOf } from '../../factors/enrolment/set-up.ts';
import { passkeyPolicyOf } from '../../factors/passkeys/policy.ts';
import { refused } from '../../factors/passkeys/refusals.ts';
import { lastingFactors } from '../../factors/store/held.ts';
import { type PersonKey, personAt } from '../../records/revocation/revocation.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { givenPasskey, wrongCode } from './answers.ts';
import type { Situations } from './situation.ts';
import type { StepForm, StepForms } from './step-forms.ts';
import type { WaitingSignIn } from './waiting.ts';

interface EnrolmentOptions {
  forms: StepForms;
  situations: Pick<Situations, 'ofWaiting'>;
  factors: Factors;
  contactCenters: Pick<ContactCenterService, 'get'>;
  secretBox: SecretBox;
}

export type StepEnrolment = ReturnType<typeof createStepEnrolment>;

const codesPlace = (person: PersonKey): SecretPlace => ({
  table: 'redis second-step',
  row: personAt(person),
  column: 'recoveryCodes',
});

/** The first factor brings recovery codes. They stay sealed with the sign-in while the page shows them. */
function createShownCodes({ factors, secretBox }: Pick<EnrolmentOptions, 'factors' | 'secretBox'>) {
  return {
    async makeFor({ identity }: WaitingSignIn): Promise<Partial<WaitingSignIn>> {
      const { recoveryCodes: codes } = await firstCodesOf(factors, identity);
      if (codes === undefined) return {};
      return { recoveryCodes: secretBox.seal(JSON.stringify(codes), codesPlace(identity)) };
    },
    /** Undefined: none are shown. */
    shownOf: ({ identity, recoveryCodes }: WaitingSignIn): string[] | undefined =>
      recoveryCodes === undefined
        ? undefined
        : (JSON.parse(secretBox.open(recoveryCodes, codesPlace(identity)).toString()) as string[]),
  };
}

export function createStepEnrolment(options: EnrolmentOptions) {
  const { forms, situations, factors, contactCenters } = options;
  const codes = createShownCodes(options);

  /** @throws AppError (403) where the person may add no factor, or not this one */
  async function allowed(waiting: WaitingSignIn, factor: 'totp' | 'passkey') {
    const situation = await situations.ofWaiting(waiting);
    const { next } = situation;
    if (next.state !== 'enrol' || !next.allowed.includes(factor)) throw notAllowed();
    return { ...situation, reason: next.by };
  }

  return {
    invitation: (browser: Browser, form: StepForm & { code: string }): Promise<string> =>
      forms.answer(browser, form, async ({ waiting }) => {
        const { held, next } = await situations.ofWaiting(waiting);
        // The invitation is not used up: it would let the person add nothing.
        if (next.state === 'blocked' && next.passkeysAreMissed) throw refused('passkeys_off');
        if (lastingFactors(held) > 0) throw notAllowed();
        const mark = forms.markOf(browser.request);
        const by = await factors.invitations.redeem(waiting.identity, form.code, mark);
        if (by === undefined) throw wrongCode();
        return { invitedUntilMs: waiting.expiresAtMs };
      }),

    /** Makes the secret; the view shows it as long as it waits. */
    totp: (browser: Browser, form: StepForm): Promise<string> =>
      forms.answer(browser, form, async ({ waiting }) => {
        await allowed(waiting, 'totp');
        const { identity } = waiting;
        const issuer = await placeNameOf(contactCenters, identity.contactCenterId);
        const app = { ...factors.appForm, name: 'App', issuer, account: identity.username };
        const { id } = await factors.totp.begin(identity, app);
        return { totpId: id };
      }),

    confirmTotp: (
      browser: Browser,
      form: StepForm & { id: string; code: string; name?: string | undefined },
    ): Promise<string> =>
      forms.answer(browser, form, async ({ waiting }) => {
        const { reason } = await allowed(waiting, 'totp');
        // A set-up that another sign-in began does not count in this one.
        if (form.id !== waiting.totpId) throw notAllowed();
        const { id, code, name } = form;
        const mark = forms.markOf(browser.request);
        const found = await factors.totp.confirm(waiting.identity, { id, code, name, reason }, mark);
        if (found === undefined) throw wrongCode();
        const { epoch, ...proof } = found;
        return {
          ...(await forms.given(browser, waiting, { proof, epoch }, false)),
          ...(await codes.makeFor(waiting)),
          totpId: undefined,
        };
      }),

    /** The options of WebAuthn. @throws AppError */
    async newPasskeyOptions(browser: Browser, form: StepForm) {
      const { place, waiting } = await forms.open(browser.request, form);
      const { identity } = waiting;
      const { policy } = await allowed(waiting, 'passkey');
      const owner = { person: identity, browser: place.browser, policy: passkeyPolicyOf(policy) };
      const shown = { userName: identity.username, displayName: identity.username };
      const shownPlace = await placeNameOf(contactCenters, identity.contactCenterId);
      return factors.passkeys.registrations.begin(owner, {
        ...shown,
        dbid: identity.dbid,
        place: shownPlace,
      });
    },

    newPasskey: (
      browser: Browser,
      form: StepForm & { answer: RegistrationAnswer; name: string },
    ): Promise<string> =>
      forms.answer(browser, form, async ({ place, waiting }) => {
        const { policy, reason } = await allowed(waiting, 'passkey');
        const owner = { person: waiting.identity, browser: place.browser, policy: passkeyPolicyOf(policy) };
        const { answer, name } = form;
        const made = await factors.passkeys.registrations.finish(owner, { answer, name, reason });
        return {
          ...(await forms.given(browser, waiting, givenPasskey(made), false)),
          ...(await codes.makeFor(waiting)),
        };
      }),

    /** The person has kept the codes. */
    done: (browser: Browser, form: StepForm): Promise<string> =>
      forms.answer(browser, form, async () => ({ recoveryCodes: undefined })),

    codesOf: codes.shownOf,
  };
}

const notAllowed = () =>
  new AppError(
    'set_up_expired',
    403,
    'No factor can be added now: give the one that you have, or start again',
  );
