/** Builds the page of approvals: who asks for what, with which message, and since when. */
import {
  type ApprovalList,
  type ApprovalResult,
  type ApprovalView,
  approvalAnswers,
  userCodeFields,
  userCodeLength,
} from '@gatehouse/contracts/auth-api';
import { addressSentence, wishesOf } from '../consent/page.ts';
import { passwordField } from '../pages/fields.ts';
import type { Message } from '../pages/message.ts';
import { approvalsPath } from '../pages/return.ts';
import type { ApprovalCard, ApprovalsPage } from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';
import { formatsIn } from '../texts/formats.ts';

/** Results that need another try. */
const failures: readonly ApprovalResult[] = ['gone', 'code_refused', 'form_expired'];

export function approvalsPage(
  visit: Visit,
  { data, user, csrf, hasUserCode }: ApprovalList,
  now: number,
  result: ApprovalResult | undefined,
): ApprovalsPage {
  const { text } = visit;
  const hasFailed = result !== undefined && failures.includes(result);
  return {
    title: titleOf(text, text('approvals.title'), hasFailed),
    message: result && messageOf(visit, result, hasFailed),
    userName: user.username,
    approvals: data.map((approval) => cardOf(visit, approval, now)),
    csrf,
    answers: approvalAnswers,
    refreshFrom: `${approvalsPath}?${new URLSearchParams({ refresh: 'true', ui_locales: visit.language })}`,
    hasUserCode,
    codeField: {
      ...passwordField(userCodeFields.userCode, text('field.userCode'), 'off', {
        hint: text('field.userCode.hint', userCodeLength),
      }),
      maxLength: userCodeLength.max,
    },
    script: 'approvals.js',
  };
}

function messageOf({ text }: Visit, result: ApprovalResult, hasFailed: boolean): Message {
  return {
    kind: hasFailed ? 'danger' : 'success',
    title: text(`approvals.${result}.title`),
    text: text(`approvals.${result}.text`),
  };
}

function cardOf({ text, language }: Visit, approval: ApprovalView, now: number): ApprovalCard {
  const { id, client, bindingMessage, scope, requestedAt, expiresAt } = approval;
  const leftMinutes = Math.max(1, Math.ceil((Date.parse(expiresAt) - now) / 60_000));
  const { ago, minutes } = formatsIn(language);
  return {
    id,
    application: client.name,
    address: addressSentence(text, client.address),
    bindingMessage,
    ...wishesOf(text, client.name, scope),
    times: text('approvals.times', { when: ago(requestedAt, now), left: minutes(leftMinutes) }),
  };
}
