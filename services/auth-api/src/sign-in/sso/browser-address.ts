/** Decides whether a browser may be redirected to an address that an identity provider names. */
import { isLoopbackHost } from '@gatehouse/api-client/http';

/** The redirect can carry identity data: plain http is allowed only to this machine. */
export function isBrowserAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}
