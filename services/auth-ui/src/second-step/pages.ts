/** Builds the pages of a sign-in that waits for its second factor. */
import { type SecondStepView, secondStepPaths } from '@gatehouse/contracts/auth-api';
import type { CodeKind } from '@gatehouse/contracts/values';
import { deviceText } from '../pages/device.ts';
import { codeField, type Field, nameField, oneTimeCodeField } from '../pages/fields.ts';
import type {
  SecondStepBlockedPage,
  SecondStepCodesPage,
  SecondStepEnrolPage,
  SecondStepPage,
  SecondStepSetUpPage,
  SecondStepVerifyPage,
} from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';
import { messageOfFailure } from './failure.ts';
import { appParts, recoveryCodeParts } from './shown-once.ts';

/** The ways that a person can choose at the page. */
export const stepWays = ['passkey', 'totp', 'recoveryCode', 'choose'] as const;

export type StepWay = (typeof stepWays)[number];

type Answerable = 'passkey' | CodeKind;

const wordsOfWays = {
  passkey: 'secondStep.passkey',
  totp: 'secondStep.useTotp',
  recoveryCode: 'secondStep.useRecovery',
} as const;

export function verifyPage(
  visit: Visit,
  step: SecondStepView,
  wanted: StepWay | undefined,
): SecondStepVerifyPage {
  const { text } = visit;
  const { factors, rememberDays } = step;
  const ways = (['passkey', 'totp', 'recoveryCode'] as const).filter((one) => factors[one]);
  const way: Answerable = ways.find((one) => one === wanted) ?? ways[0] ?? 'recoveryCode';
  const page = surroundingsOf(visit, step, 'verify', way === 'recoveryCode');
  // A recovery code is no reason to do without a factor.
  const mayRemember = rememberDays > 0 && way !== 'recoveryCode';
  const remember = mayRemember ? text('secondStep.remember', { days: rememberDays }) : undefined;
  return {
    ...page,
    lead: text('secondStep.verify.lead', { contactCenter: step.contactCenterName }),
    ...(way === 'passkey'
      ? {
          ...withoutFields,
          passkey: {
            action: secondStepPaths.passkey,
            options: secondStepPaths.passkeyOptions,
            does: 'get',
            label: text('secondStep.passkey'),
            remember,
            isUnknown: step.failure === 'passkey_unknown',
          },
          script: 'passkey.js',
        }
      : { ...withField(described(page, codeFieldOf(visit, way))), kind: way }),
    remember,
    others: ways
      .filter((one) => one !== way)
      .map((one) => ({ label: text(wordsOfWays[one]), href: addressOf(step, one) })),
  };
}

const codeFieldOf = ({ text }: Visit, way: CodeKind): Field =>
  way === 'totp'
    ? oneTimeCodeField('code', text('secondStep.totp'), text('secondStep.totp.hint'))
    : codeField('code', text('secondStep.recovery'), text('secondStep.recovery.hint'));

/** The browser has made the passkey, and nothing was stored. */
const forgotten = [
  'passkey_synced',
  'passkey_not_attested',
  'passkey_model_refused',
  'too_many_passkeys',
] as const satisfies SecondStepView['failure'][];

export function enrolPage(visit: Visit, step: SecondStepView): SecondStepEnrolPage {
  const { text, request } = visit;
  const { allowedFactors } = step;
  const hint = text('secondStep.enrol.name.hint');
  const named = nameField(
    'name',
    text('secondStep.enrol.name'),
    deviceText(text, request.headers['user-agent']),
    hint,
  );
  const passkey = allowedFactors.includes('passkey')
    ? ({
        action: secondStepPaths.newPasskey,
        options: secondStepPaths.newPasskeyOptions,
        does: 'create',
        label: text('secondStep.enrol.create'),
        field: named,
        isUnknown: forgotten.some((failure) => failure === step.failure),
      } as const)
    : undefined;
  return {
    ...surroundingsOf(visit, step, 'enrol'),
    ...withoutFields,
    lead: reasonOf(visit, step),
    passkey,
    hasApp: allowedFactors.includes('totp'),
    mayWait: step.enrolment?.daysLeft !== undefined,
    ...(passkey && { script: 'passkey.js' }),
  };
}

function reasonOf({ text }: Visit, { enrolment, contactCenterName: contactCenter }: SecondStepView): string {
  const { by = 'strongestSignIn', daysLeft: days } = enrolment ?? {};
  if (days !== undefined) return text('secondStep.enrol.grace', { contactCenter, days });
  return by === 'grace'
    ? text('secondStep.enrol.asked', { contactCenter })
    : text(`secondStep.enrol.${by}`, { contactCenter });
}

export function setUpPage(
  visit: Visit,
  step: SecondStepView,
  totp: NonNullable<SecondStepView['totp']>,
): SecondStepSetUpPage {
  const { text } = visit;
  const page = surroundingsOf(visit, step, 'setUp');
  const code = described(page, oneTimeCodeField('code', text('secondStep.setUp.code')));
  const hint = text('secondStep.enrol.name.hint');
  const name = nameField('name', text('secondStep.enrol.name'), text('secondStep.enrol.app'), hint);
  return {
    ...page,
    lead: reasonOf(visit, step),
    id: totp.id,
    ...appParts(totp),
    fields: [code, name],
    focus: code.name,
    other: addressOf(step, 'choose'),
    mayWait: step.enrolment?.daysLeft !== undefined,
  };
}

export function codesPage(visit: Visit, step: SecondStepView): SecondStepCodesPage {
  const { text } = visit;
  const { recoveryCodes: codes = [], userName, contactCenterName: contactCenter } = step;
  const owner = text('secondStep.codes.file', { userName, contactCenter });
  return {
    ...surroundingsOf(visit, step, 'codes'),
    ...withoutFields,
    lead: text('secondStep.codes.lead'),
    ...recoveryCodeParts(owner, codes),
  };
}

export function blockedPage(visit: Visit, step: SecondStepView): SecondStepBlockedPage {
  const { text, request } = visit;
  const page = surroundingsOf(visit, step, 'blocked');
  const values = { contactCenter: step.contactCenterName };
  const field = described(page, codeField('code', text('secondStep.invitation')));
  // An invitation would let the person add nothing.
  const isUseless = step.failure === 'passkeys_off';
  return {
    ...page,
    ...(isUseless ? withoutFields : withField(field)),
    lead: text(isUseless ? 'secondStep.verify.lead' : 'secondStep.blocked.lead', values),
    reference: page.message?.correlationId === undefined ? (step.correlationId ?? request.id) : undefined,
  };
}

function surroundingsOf(
  visit: Visit,
  step: SecondStepView,
  page: 'verify' | 'enrol' | 'setUp' | 'codes' | 'blocked',
  isRecoveryCode = false,
): Omit<SecondStepPage, 'lead' | 'fields' | 'focus'> {
  const { text, interaction } = visit;
  const message = messageOfFailure(visit, step, isRecoveryCode);
  const heading = text(`secondStep.${page}.title`);
  const { userName, csrf } = step;
  const title = titleOf(text, heading, message !== undefined);
  return { title, heading, message, interaction, userName, csrf, paths: secondStepPaths };
}

const withoutFields = { fields: [], focus: '' };

const withField = (field: Field) => ({ fields: [field], focus: field.name });

/** Screen readers read the message with the field that it is about. */
const described = ({ message }: Pick<SecondStepPage, 'message'>, field: Field): Field =>
  message === undefined ? field : { ...field, describedBy: ['message', ...field.describedBy] };

/** The page once more, for another way. */
function addressOf({ interaction }: SecondStepView, way: StepWay): string {
  return `/auth/second-step.html?${new URLSearchParams({ ...(interaction !== undefined && { interaction }), way })}`;
}
