/** Builds the page for a first password: for whom it is, and what was wrong with the last attempt. */
import {
  type FirstPasswordError,
  type FirstPasswordView,
  firstPasswordFields as names,
} from '@gatehouse/contracts/auth-api';
import { passwordField } from '../pages/fields.ts';
import { type Message, messageOfError } from '../pages/message.ts';
import { withBrokenRules } from '../pages/password-rules.ts';
import type { FirstPasswordEndPage, FirstPasswordPage } from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';
import { isTextKey } from '../texts/texts.ts';

interface Failure {
  error: FirstPasswordError;
  /** Names of the rules that the password breaks. */
  rules: readonly string[];
}

export function firstPasswordPage(
  visit: Visit,
  { userName, tenant, code }: FirstPasswordView & { code: string },
  failure: Failure | undefined,
): FirstPasswordPage {
  const { text } = visit;
  const message = failure && messageAbout(visit, failure);
  const error = failure?.error;
  const fields = [
    passwordField(names.newPassword, text('field.newPassword'), 'new-password', {
      problem: error === 'password_policy' ? text('field.newPassword.refused') : undefined,
    }),
    passwordField(names.newPasswordAgain, text('field.newPasswordAgain'), 'new-password', {
      problem: error === 'passwords_differ' ? text('field.newPasswordAgain.different') : undefined,
    }),
  ];
  return {
    title: titleOf(text, text('firstPassword.title'), message !== undefined),
    message,
    userName,
    tenant,
    code,
    codeField: names.code,
    fields,
    focus: (fields.find(({ problem }) => problem !== undefined) ?? fields[0])?.name ?? '',
    script: 'show-password.js',
  };
}

function messageAbout({ text }: Visit, { error, rules }: Failure): Message {
  if (error === 'link_over' || error === 'try_again') {
    const what = error === 'try_again' ? 'unsure' : error;
    return {
      kind: 'danger',
      title: text(`firstPassword.${what}.title`),
      text: text(`firstPassword.${what}.text`),
    };
  }
  const message = messageOfError(error, text);
  if (error !== 'password_policy') return message;
  // Only rules that have words: anybody can write an address.
  const known = rules.filter((rule) => isTextKey(`passwordRule.${rule}`));
  return withBrokenRules(message, known, text);
}

export function endPage({ text }: Visit, end: 'done' | 'link_over'): FirstPasswordEndPage {
  return {
    title: text(`firstPassword.${end}.title`),
    lead: text(`firstPassword.${end}.text`),
    isGood: end === 'done',
  };
}
