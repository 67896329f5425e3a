/** Web origins (RFC 6454): scheme, host and port, and nothing else. */

const maxLength = 300;

/**
 * The origin in the form in which browsers send it: lower case, no default port. Undefined for everything else: `null`,
 * `*` and other patterns, paths, credentials, schemes that no page has.
 */
export function parseOrigin(text: string): string | undefined {
  if (text.length > maxLength || !/^https?:\/\/[^/?#@\\*\s]+$/i.test(text)) return undefined;
  const url = URL.parse(text);
  return url === null || url.hostname === '' ? undefined : url.origin;
}
