/** Builds the message box above a form. */
import type { InteractionError, InteractionView } from '@gatehouse/contracts/auth-api/interaction';
import type { Text } from '../texts/texts.ts';

export interface Message {
  kind: 'danger' | 'success';
  title: string;
  text?: string;
  /** Lines below the text, one for each thing to do. */
  list?: string[];
  correlationId?: string | undefined;
}

/** Explains why the last attempt failed. */
export function messageOfError(
  error: InteractionError,
  text: Text,
  failure: Pick<InteractionView, 'retryAfterSeconds' | 'correlationId'> = {},
): Message {
  const { retryAfterSeconds = 0, correlationId } = failure;
  const isWaitKnown = error === 'throttled' && retryAfterSeconds > 0;
  return {
    kind: 'danger',
    title: text(`problem.${error}.title`),
    text: isWaitKnown
      ? text('problem.throttled.wait', { seconds: retryAfterSeconds })
      : text(`problem.${error}.text`),
    correlationId: isWorthReporting(error) ? correlationId : undefined,
  };
}

/** A typing mistake needs no reference number; a locked account or an unreachable server does. */
function isWorthReporting(error: InteractionError): boolean {
  return !['bad_credentials', 'credentials_required', 'tenant_required', 'form_expired'].includes(error);
}
