/** Says why the last answer of a second step was not taken, and what the person can do next. */
import type { SecondStepView } from '@gatehouse/contracts/auth-api';
import { type Message, wordsOfWait } from '../pages/message.ts';
import type { Visit } from '../pages/visit.ts';

export function messageOfFailure(
  { text, theme }: Visit,
  { state, failure, retryAfterSeconds = 0, correlationId, contactCenterName }: SecondStepView,
  isRecoveryCode: boolean,
): Message | undefined {
  if (failure === undefined) return undefined;
  const values = { contactCenter: contactCenterName };
  const title = text(`secondStep.${failure}.title`, values);
  if (failure === 'throttled' && retryAfterSeconds > 0)
    return { kind: 'danger', title, ...wordsOfWait(retryAfterSeconds, text, theme?.helpLink), correlationId };
  if (failure === 'wrong') {
    const key = state === 'blocked' ? 'invitation' : isRecoveryCode ? 'recoveryCode' : 'text';
    return { kind: 'danger', title, text: text(`secondStep.wrong.${key}`) };
  }
  return { kind: 'danger', title, text: text(`secondStep.${failure}.text`, values), correlationId };
}
