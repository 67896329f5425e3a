/** Decides what a refresh token is bound to besides its client, and whether it rotates. */
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint';
import { type Client, hasBoundTokens } from '../registry/clients/client.ts';

/**
 * RFC 9449 section 5, RFC 8705 section 4: the refresh token of a public client is bound to its key or certificate. A
 * confidential client authenticates, and may change its key. Empty: no binding.
 */
export function refreshBindingOf({ clientType }: Client, cnf: Confirmation | undefined): string {
  return clientType === 'PUBLIC' ? (cnf?.jkt ?? cnf?.['x5t#S256'] ?? '') : '';
}

/**
 * FAPI 2.0 section 5.3.2.1: a bound token does not rotate. A thief cannot use it, and if the response with the rotated
 * token is lost, the client must log in again.
 */
export function rotatesRefreshTokens(client: Client): boolean {
  return !hasBoundTokens(client);
}
