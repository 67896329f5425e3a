/** Where a form may lead: Chromium applies `form-action` to every redirect after the post as well. */

/** Sources for the directive (CSP Level 3 section 6.4.1); nothing that is not plainly one source gets into the header. */
export function formActionSources(redirectOrigin: string | undefined): string[] {
  const source = redirectOrigin === undefined ? undefined : sourceOf(redirectOrigin);
  return source === undefined ? ["'self'"] : ["'self'", source];
}

function sourceOf(redirectOrigin: string): string | undefined {
  if (!URL.canParse(redirectOrigin)) return undefined;
  const { protocol, hostname, origin } = new URL(redirectOrigin);
  // Private-use schemes of native apps (RFC 8252 section 7.1) have a dot in them; script and data schemes have none.
  if (protocol !== 'http:' && protocol !== 'https:') return protocol.includes('.') ? protocol : undefined;
  // A host source cannot hold an IPv6 address (RFC 8252 section 7.3 allows it as a loopback redirect).
  return hostname.startsWith('[') ? protocol : origin;
}
