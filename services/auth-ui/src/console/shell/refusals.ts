/** Says in words why somebody or a request to an OAuth endpoint was refused, what was sent, and what is registered. */
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import { isTextKey, type Text } from '../../texts/texts.ts';

/** Of a sign-in or of a request to an OAuth endpoint. Undefined: a reason in words of its own, or of a newer server. */
export function reasonIn(text: Text, reason: string): string | undefined {
  const key = `sentence.reason.${reason}`;
  return isTextKey(key) ? text(key) : undefined;
}

/** A reason without words stands as it is. */
export const refusalText = (text: Text, reason: string): string => reasonIn(text, reason) ?? reason;

/** One line each. */
export function pairsOf(fields: RefusedRequest['sent']): string[] {
  return Object.entries(fields).map(([name, value]) => `${name}=${value}`);
}
