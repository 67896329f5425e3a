/** Builds the pages about the second factors of the person. */
import type { OwnFactors } from '@gatehouse/contracts/auth-api';
import { personOf } from '../oauth-session/guard.ts';
import { deviceText } from '../pages/device.ts';
import { nameField, oneTimeCodeField } from '../pages/fields.ts';
import type { Message } from '../pages/message.ts';
import type {
  AccountCodesPage,
  AccountRenamePage,
  AccountSecurityPage,
  AccountSetUpPage,
  OwnFactor,
} from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';
import { appParts, recoveryCodeParts } from '../second-step/shown-once.ts';
import { formatsIn } from '../texts/formats.ts';
import { accountPages, surroundingsOf } from './tabs.ts';

/** The page after a form says with these texts what the form did. */
export const results = {
  added: { kind: 'success', title: 'account.security.added' },
  renamed: { kind: 'success', title: 'account.security.renamed' },
  removed: { kind: 'success', title: 'account.security.removed' },
  ended: { kind: 'success', title: 'account.security.ended' },
  kept: { kind: 'danger', title: 'account.security.kept' },
  refused: { kind: 'danger', title: 'account.security.refused' },
} as const;

const path = accountPages.security;

export function factorsPage(
  visit: Visit,
  own: OwnFactors,
  now: number,
  { result, name }: { result?: keyof typeof results | undefined; name?: string | undefined },
): AccountSecurityPage {
  const { text, language, request } = visit;
  const { ago } = formatsIn(language);
  const { stepUp, addable, passkeys, apps, devices, recoveryCodes } = own;
  const mayChange = stepUp.met;
  const shown = (kind: OwnFactor['kind'], one: OwnFactors['apps'][number], others: string[]): OwnFactor => ({
    kind,
    id: one.id,
    name: one.name,
    rename: `${path}/rename?${new URLSearchParams({ kind, id: one.id })}`,
    facts: [
      text(kind === 'totp' ? 'secondStep.enrol.app' : 'secondStep.enrol.passkey'),
      text('account.security.made', { when: ago(one.madeAt, now) }),
      ...(one.lastUsedAt === undefined ? [] : [text('account.usedAgo', { when: ago(one.lastUsedAt, now) })]),
      ...others,
    ],
  });
  const canAddPasskey = mayChange && addable.includes('passkey');
  const hint = text('secondStep.enrol.name.hint');
  // As it was typed before a better sign-in was asked for.
  const shownName = name ?? deviceText(text, request.headers['user-agent']);
  return {
    ...surroundingsOf(visit, 'security'),
    title: text('account.security.title'),
    message: messageOf(visit, own, result),
    lead: leadOf(visit, own),
    confirm: mayChange || !hasForms(own) ? undefined : `${path}/confirm`,
    mayChange,
    factors: [
      ...passkeys.map((one) =>
        shown('passkeys', one, [
          text(one.synced ? 'account.security.synced' : 'console.people.factors.oneDevice'),
          ...(one.copied ? [text('account.security.copied')] : []),
        ]),
      ),
      ...apps.map((one) => shown('totp', one, [])),
    ],
    recoveryCodes: passkeys.length + apps.length === 0 ? undefined : recoveryCodes,
    devices: devices.map((one) => ({
      id: one.id,
      device: deviceText(text, one.userAgent),
      since: text('account.security.trusted', { when: ago(one.grantedAt, now) }),
    })),
    history: own.history.flatMap((change) => {
      const words = wordsOfChange(visit, change);
      return words === undefined ? [] : [{ words, when: ago(change.at, now) }];
    }),
    addsApp: mayChange && addable.includes('totp'),
    acceptedPasskeys: own.acceptedPasskeys && JSON.stringify(own.acceptedPasskeys),
    ...(canAddPasskey && {
      passkey: {
        action: `${path}/passkeys`,
        options: `${path}/passkeys/options`,
        does: 'create',
        label: text('secondStep.enrol.create'),
        field: nameField('name', text('secondStep.enrol.name'), shownName, hint),
      } as const,
    }),
    ...((canAddPasskey || own.acceptedPasskeys) && { script: 'passkey.js' as const }),
  };
}

/** Undefined: it follows from another change. */
function wordsOfChange(
  { text }: Visit,
  { change, factor, name }: OwnFactors['history'][number],
): string | undefined {
  if (change === 'reset' || change === 'invited') return text(`account.security.history.${change}`);
  if (change === 'invitation used') return text('account.security.history.invitationUsed');
  if (factor === 'recoveryCodes')
    return change === 'removed'
      ? undefined
      : text(`account.security.history.${change === 'added' ? 'codesMade' : 'used'}`);
  if (change === 'used') return undefined;
  const kind = text(factor === 'totp' ? 'secondStep.enrol.app' : 'secondStep.enrol.passkey');
  return text(`account.security.history.${change}`, { name: name ?? kind });
}

const hasForms = ({ addable, passkeys, apps, devices }: OwnFactors) =>
  addable.length + passkeys.length + apps.length + devices.length > 0;

function messageOf(
  { text }: Visit,
  { newFactorAdvised }: OwnFactors,
  result: keyof typeof results | undefined,
): Message | undefined {
  if (result !== undefined) return { ...results[result], title: text(results[result].title) };
  if (!newFactorAdvised) return undefined;
  return {
    kind: 'warning',
    title: text('account.security.advised.title'),
    text: text('account.security.advised.text'),
  };
}

function leadOf(
  { text }: Visit,
  { daysLeft, invitationNeeded, passkeys, apps, addable }: OwnFactors,
): string {
  if (invitationNeeded) return text('account.security.invitation');
  if (daysLeft !== undefined) return text('account.security.grace', { days: daysLeft });
  if (passkeys.length + apps.length > 0) return text('account.security.lead');
  return text(addable.length === 0 ? 'account.security.off' : 'account.security.none');
}

/** `secret`, `uri`: the page has them again after a wrong code, because nothing else may show them. */
export function setUpPage(
  visit: Visit,
  { id, secret, uri }: { id: string; secret: string; uri: string },
  wasWrong = false,
): AccountSetUpPage {
  const { text } = visit;
  const heading = text('secondStep.setUp.title');
  const message: Message | undefined = wasWrong
    ? { kind: 'danger', title: text('secondStep.wrong.title'), text: text('secondStep.wrong.text') }
    : undefined;
  const field = oneTimeCodeField('code', text('secondStep.setUp.code'));
  return {
    ...surroundingsOf(visit, 'security'),
    title: titleOf(text, heading, wasWrong),
    heading,
    message,
    hidden: { id, secret, uri },
    ...appParts({ uri, secret }),
    fields: [wasWrong ? { ...field, describedBy: ['message', ...field.describedBy] } : field],
    focus: field.name,
    action: `${path}/app/confirm`,
    back: path,
  };
}

export function renamePage(
  visit: Visit,
  { kind, id, name }: Pick<OwnFactor, 'kind' | 'id' | 'name'>,
): AccountRenamePage {
  const { text } = visit;
  const heading = text('account.security.rename.label', { name });
  const field = nameField('name', text('secondStep.enrol.name'), name, text('secondStep.enrol.name.hint'));
  return {
    ...surroundingsOf(visit, 'security'),
    title: heading,
    heading,
    message: undefined,
    hidden: { kind, id },
    fields: [{ ...field, isRequired: true }],
    focus: field.name,
    action: `${path}/rename`,
    back: path,
  };
}

export function codesPage(visit: Visit, codes: readonly string[]): AccountCodesPage {
  const { text, request } = visit;
  const { userName: shownName } = personOf(request);
  const owner = text('account.security.codes.file', { userName: shownName });
  return {
    ...surroundingsOf(visit, 'security'),
    title: text('secondStep.codes.title'),
    lead: text('secondStep.codes.lead'),
    ...recoveryCodeParts(owner, codes),
    done: path,
  };
}
