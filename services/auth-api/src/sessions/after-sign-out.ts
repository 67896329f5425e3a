/** Where a browser may be sent after signing out: to a host that one of the user's clients registered. */
import type { Client } from '../clients/client.ts';
import { redirectUriProblem } from '../oauth/redirect-uri.ts';

export function isAllowedAfterSignOut(clients: readonly Client[], requested: string): boolean {
  if (redirectUriProblem(requested) !== undefined) return false;
  const { origin, protocol } = new URL(requested);
  // Compat: the host counts, not the path. Only web origins are hosts.
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  return clients
    .flatMap(({ redirectUris, postLogoutRedirectUris }) => [...redirectUris, ...postLogoutRedirectUris])
    .some((registered) => URL.parse(registered)?.origin === origin);
}
