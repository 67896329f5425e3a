/** Takes the factor that the person gives at the page of the second step. */

import type { AuthenticationAnswer } from '@gatehouse/contracts/auth-api';
import type { CodeKind } from '@gatehouse/contracts/values';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { Factors } from '../../factors/compose.ts';
import type { ProvedPasskey } from '../../factors/passkeys/acceptance.ts';
import { passkeyPolicyOf } from '../../factors/passkeys/policy.ts';
import type { OpenedStep } from './entrance.ts';
import type { Situations } from './situation.ts';
import type { StepForm, StepForms } from './step-forms.ts';
import type { Given } from './waiting.ts';

interface AnswerOptions {
  forms: StepForms;
  situations: Pick<Situations, 'ofWaiting'>;
  factors: Factors;
}

export type StepAnswers = ReturnType<typeof createStepAnswers>;

export function createStepAnswers({ forms, situations, factors }: AnswerOptions) {
  const { open, answer, given, markOf } = forms;
  return {
    code(browser: Browser, form: CodeForm): Promise<string> {
      const work = async ({ waiting }: OpenedStep) => {
        const factor = factors[form.kind === 'totp' ? 'totp' : 'recovery'];
        const found = await factor.verify(waiting.identity, form.code, markOf(browser.request));
        if (found === undefined) throw wrongCode();
        const { epoch, ...proof } = found;
        return given(browser, waiting, { proof, epoch }, form.rememberDevice === true);
      };
      return answer(browser, form, work, form.kind);
    },

    /** The options of WebAuthn. @throws AppError */
    async passkeyOptions(browser: Browser, form: StepForm) {
      const { place, waiting } = await open(browser.request, form);
      const { policy } = await situations.ofWaiting(waiting);
      const owner = { person: waiting.identity, browser: place.browser };
      const found = await factors.passkeys.authentications.begin(owner, passkeyPolicyOf(policy));
      if (found === undefined) throw new AppError('passkey_unknown', 404, 'There is no passkey to ask for');
      return found;
    },

    passkey(browser: Browser, form: PasskeyForm): Promise<string> {
      return answer(browser, form, async ({ place, waiting }) => {
        const owner = { person: waiting.identity, browser: place.browser };
        const proved = await factors.passkeys.authentications.finish(owner, { answer: form.answer });
        return given(browser, waiting, givenPasskey(proved), form.rememberDevice === true);
      });
    },

    /** Goes on without a factor, as long as the time of grace lasts: the gate decides. */
    later: (browser: Browser, form: StepForm): Promise<string> =>
      answer(browser, form, async () => ({ goesOnWithout: true })),
  };
}

export interface CodeForm extends StepForm {
  kind: CodeKind;
  code: string;
  rememberDevice?: boolean | undefined;
}

export interface PasskeyForm extends StepForm {
  answer: AuthenticationAnswer;
  rememberDevice?: boolean | undefined;
}

export const givenPasskey = ({ atMs, isVerified, isEligible, epoch }: ProvedPasskey): Given => ({
  proof: { factor: 'passkey', atMs, isVerified, isEligible },
  epoch,
});

export const wrongCode = () =>
  new AppError('wrong', 403, 'The code is not right, or was used before', { field: 'code' });
