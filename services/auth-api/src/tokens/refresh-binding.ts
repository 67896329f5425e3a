/** What a refresh token is bound to besides its client. */
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint/confirmation';
import { type Client, hasBoundTokens } from '../clients/client.ts';

/**
 * A client that proves itself is all the binding a refresh token needs, and may change its key; a public client has
 * nothing but the key or certificate that it began with (RFC 9449 section 5, RFC 8705 section 4). Empty: none.
 */
export function refreshBindingOf({ clientType }: Client, cnf: Confirmation | undefined): string {
  return clientType === 'PUBLIC' ? (cnf?.jkt ?? cnf?.['x5t#S256'] ?? '') : '';
}

/**
 * Rotation finds a thief where nothing else would. A token that is bound to its sender is no use to one, and a rotated
 * token that never arrives only harms the rightful client (FAPI 2.0 section 5.3.2.1).
 */
export function rotatesRefreshTokens(client: Client): boolean {
  return !hasBoundTokens(client);
}
