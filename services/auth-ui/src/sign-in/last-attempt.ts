/** Decides which page follows a failed attempt, and what it says. */
import type { InteractionError } from '@gatehouse/contracts/auth-api';
import { type Message, messageOfError } from '../pages/message.ts';
import type { Visit } from '../pages/visit.ts';
import type { NameProblems, Typed } from './pages.ts';

type NextPage =
  | { step: 'name'; problems: NameProblems; message?: Message }
  | { step: 'password'; message: Message }
  | { step: 'change-password' };

/** Failures that only a new password ends. */
const passwordChangeErrors: readonly InteractionError[] = [
  'password_change_required',
  'password_expired',
  'password_policy',
  'passwords_differ',
];

/** `error` is undefined when the reason of the failure is unknown. */
export function pageAfter(error: InteractionError | undefined, visit: Visit, typed: Typed): NextPage {
  const { text, interaction } = visit;
  if (error === undefined) {
    const message: Message = {
      kind: 'danger',
      title: text('problem.unknown.title'),
      text: text('problem.unknown.text'),
    };
    return { step: 'name', problems: {}, message };
  }
  if (passwordChangeErrors.includes(error)) return { step: 'change-password' };
  const message = messageOfError(error, text, interaction, visit.theme?.helpLink);
  if (error === 'passkey_refused' || error === 'passkey_unknown')
    return { step: 'name', problems: {}, message };
  if (error === 'tenant_required')
    return { step: 'name', problems: { tenant: text('field.tenant.missing') }, message };
  return typed.userName === '' ? { step: 'name', problems: {}, message } : { step: 'password', message };
}
