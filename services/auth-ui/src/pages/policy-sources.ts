/** Where a page may lead: Chromium applies `form-action` to every redirect after the post as well. */

/** Sources for the directive (CSP Level 3 section 6.4.1); nothing that is not plainly one source gets into the header. */
export function formActionSources(redirectOrigin: string | undefined): string[] {
  const source = redirectOrigin === undefined ? undefined : sourceOf(redirectOrigin);
  return source === undefined ? ["'self'"] : ["'self'", source];
}

/** Each origin once. */
export function frameSources(frames: readonly string[]): string[] {
  return [...new Set(frames.map(sourceOf).filter((source) => source !== undefined))];
}

function sourceOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, origin } = new URL(address);
  // Private-use schemes of native apps (RFC 8252 section 7.1) have a dot in them; script and data schemes have none.
  if (protocol !== 'http:' && protocol !== 'https:') return protocol.includes('.') ? protocol : undefined;
  // A host source cannot hold an IPv6 address (RFC 8252 section 7.3 allows it as a loopback redirect).
  return hostname.startsWith('[') ? protocol : origin;
}
