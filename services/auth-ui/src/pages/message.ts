/** Builds the message box above a form. */
import type { InteractionError, InteractionView } from '@gatehouse/contracts/auth-api';
import type { Text } from '../texts/texts.ts';

export interface Message {
  kind: 'danger' | 'warning' | 'success';
  title: string;
  text?: string;
  /** Lines below the text, one for each thing to do. */
  list?: string[];
  /** The problem of each field, with the address of the field. The box takes the focus. */
  fields?: { href: string; label: string; problem: string }[];
  /** A button that looks for the cause. Its page must have the token of its forms. */
  act?: { action: string; label: string } | undefined;
  correlationId?: string | undefined;
}

/** Explains why the last attempt failed. `helpLink`: words of the operator's link to help, where the page shows one. */
export function messageOfError(
  error: InteractionError,
  text: Text,
  failure: Pick<InteractionView, 'retryAfterSeconds' | 'correlationId'> = {},
  helpLink?: string,
): Message {
  const { retryAfterSeconds = 0, correlationId } = failure;
  const isWaitKnown = error === 'throttled' && retryAfterSeconds > 0;
  return {
    kind: 'danger',
    title: text(`problem.${error}.title`),
    ...(isWaitKnown
      ? wordsOfWait(retryAfterSeconds, text, helpLink)
      : { text: text(`problem.${error}.text`) }),
    correlationId: isWorthReporting(error) ? correlationId : undefined,
  };
}

const minute = 60;
const hour = 60 * minute;

/** Rounded up: a person who comes back a moment too early must wait again. */
export function wordsOfWait(seconds: number, text: Text, helpLink: string | undefined) {
  if (seconds <= minute) return { text: text('problem.throttled.wait', { seconds }) };
  const list = [
    helpLink === undefined
      ? text('problem.throttled.ask')
      : text('problem.throttled.askHelp', { link: helpLink }),
  ];
  if (seconds <= 2 * hour)
    return { text: text('problem.throttled.minutes', { minutes: Math.ceil(seconds / minute) }), list };
  return { text: text('problem.throttled.hours', { hours: Math.ceil(seconds / hour) }), list };
}

/** A typing mistake needs no reference number; a locked account or an unreachable server does. */
function isWorthReporting(error: InteractionError): boolean {
  return !['bad_credentials', 'credentials_required', 'tenant_required', 'form_expired'].includes(error);
}
