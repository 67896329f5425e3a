/**
 * Decides whether a browser may be redirected to an address that an identity provider names: the redirect can carry
 * identity data. Plain http is allowed only to this machine.
 */
export function isBrowserAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback);
}
