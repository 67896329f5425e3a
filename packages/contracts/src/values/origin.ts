/** Reads the origins of web pages (RFC 6454), alone and as the list that one text holds. */

const maxOriginLength = 300;

/**
 * Returns an origin (RFC 6454) as browsers send it: lower case, no default port. Undefined for everything else: `null`,
 * `*` and other patterns, paths, credentials, schemes that no page has.
 */
export function parseOrigin(text: string): string | undefined {
  if (text.length > maxOriginLength || !/^https?:\/\/[^/?#@\\*\s]+$/i.test(text)) return undefined;
  const url = URL.parse(text);
  return url === null || url.hostname === '' ? undefined : url.origin;
}

/** Says how to write what is no origin. */
export function originProblem(text: string): string {
  return `${JSON.stringify(text.slice(0, maxOriginLength))} is no origin: ${adviceFor(text)}`;
}

function adviceFor(text: string): string {
  if (text === 'null') return 'sandboxed pages and files share the origin "null", so it cannot be allowed';
  if (text.includes('*')) return 'name each origin; patterns would allow pages that nobody has looked at';
  if (/^https?:\/\/[^/]+\/./i.test(text) || text.endsWith('/'))
    return 'leave out the path and the slash at the end';
  return 'write scheme, host and, unless it is the usual one, port, such as https://desktop.example.com';
}

/** The entries of a text that separates them by commas. */
export function entriesOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
