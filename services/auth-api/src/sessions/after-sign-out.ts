/** Where a browser may be sent after signing out: to a host that a client registered (compat: the path is free). */
import type { Client } from '../clients/client.ts';
import { redirectUriProblem } from '../protocol/redirect-uri.ts';

/** The web origin of a page to go on to; undefined when two parsers could read the address differently. */
export function webOriginOf(requested: string): string | undefined {
  if (redirectUriProblem(requested) !== undefined) return undefined;
  const { origin, protocol } = new URL(requested);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}

export function hasOrigin(
  { redirectUris, postLogoutRedirectUris }: Pick<Client, 'redirectUris' | 'postLogoutRedirectUris'>,
  origin: string,
): boolean {
  return [...redirectUris, ...postLogoutRedirectUris].some((uri) => URL.parse(uri)?.origin === origin);
}
