/** Says refused requests to the OAuth endpoints in words: why, what was sent, and what is registered. */
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import { type RefusalReason, refusalReasons } from '@gatehouse/contracts/values';
import type { Text } from '../../texts/texts.ts';

const known: readonly string[] = refusalReasons;

/** A reason of a newer server has no text here, so its name is shown. */
export function refusalText(text: Text, reason: string): string {
  return known.includes(reason) ? text(`console.refusal.${reason as RefusalReason}`) : reason;
}

/** One line each. */
export function pairsOf(fields: RefusedRequest['sent']): string[] {
  return Object.entries(fields).map(([name, value]) => `${name}=${value}`);
}
