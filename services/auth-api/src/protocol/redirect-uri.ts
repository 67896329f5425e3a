/** Checks redirect URIs: which may be registered, and which requested URI a registration covers (RFC 9700 section 4.1). */

export const maxUriLength = 2048;
const loopbackHosts = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** `exact`, or `origin` for the compat profile: any path below the registered one. */
export type RedirectMatching = 'exact' | 'origin';

/** What a client's registration says about its redirect URIs. */
interface RedirectPolicy {
  redirectUris: readonly string[];
  redirectMatching: RedirectMatching;
  clientType: string;
}

/** Whether the client's registration covers the requested URI. A URI that two parsers could read differently is refused. */
export function isRegisteredRedirectUri(client: RedirectPolicy, requested: string): boolean {
  if (redirectUriProblem(requested) !== undefined) return false;
  return client.redirectUris.some((registered) => covers(client, registered, requested));
}

/** Why a text cannot be a redirect URI, as the end of a sentence, or undefined. */
export function redirectUriProblem(text: string): string | undefined {
  if (text.length === 0 || text.length > maxUriLength) return `must have 1 to ${maxUriLength} characters`;
  if (!/^[\x21-\x7e]+$/.test(text)) return 'must be printable ASCII without spaces';
  if (text.includes('\\')) return 'must not contain a backslash';
  if (text.includes('#')) return 'must not have a fragment';
  const url = URL.parse(text);
  if (url === null) return 'must be an absolute URI';
  return url.protocol === 'https:' || url.protocol === 'http:'
    ? webProblem(text, url)
    : nativeProblem(text, url);
}

function webProblem(text: string, url: URL): string | undefined {
  const [, authority = '', path = ''] = /^https?:\/\/([^/?]*)([^?]*)/i.exec(text) ?? [];
  if (authority === '') return 'must name a host';
  if (authority.includes('@')) return 'must not carry user information';
  if (authority.includes('*')) return 'must not contain a wildcard';
  // The parser repairs odd spellings (0x7f.1, ex%61mple, https:host): only the plain spelling is one for every reader.
  if (![url.host, `${url.host}:443`, `${url.host}:80`].includes(authority.toLowerCase())) {
    return 'must spell its host plainly';
  }
  return pathProblem(path);
}

function pathProblem(path: string): string | undefined {
  if (/%(?:2f|5c|25|00)/i.test(path)) return 'must not hide separators in its path';
  if (path.includes('//')) return 'must not have an empty path segment';
  const hasDots = path.split('/').some((segment) => /^(?:\.|%2e){1,2}(?:$|;|%3b)/i.test(segment));
  return hasDots ? 'must not contain dot segments' : undefined;
}

/** RFC 8252 section 7.1: a private-use scheme is a reversed domain name; that also keeps javascript: and data: out. */
function nativeProblem(text: string, url: URL): string | undefined {
  if (!/^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(url.protocol)) {
    return 'must use https, http, or a scheme that is a reversed domain name';
  }
  if (url.username !== '' || url.password !== '' || url.host.includes('@'))
    return 'must not carry user information';
  return pathProblem(text.slice(url.protocol.length).replace(/^\/\//, '').replace(/\?.*$/, ''));
}

/** Whether an application on the user's own machine listens there (RFC 8252 section 7.3). */
export function isLoopbackUri(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && loopbackHosts.has(url.hostname);
}

function covers(client: RedirectPolicy, registered: string, requested: string): boolean {
  if (registered === requested) return true;
  if (client.clientType === 'PUBLIC' && coversOnLoopback(registered, requested)) return true;
  return client.redirectMatching === 'origin' && coversByOrigin(registered, requested);
}

/** RFC 8252 section 7.3: an application on the user's machine uses any free port; only the port may vary. */
function coversOnLoopback(registered: string, requested: string): boolean {
  if (!isLoopbackUri(registered) || URL.parse(requested) === null) return false;
  return withoutPort(registered) === withoutPort(requested);
}

function withoutPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:\[::1\]|[^/?:]+))(?::\d+)?(?=[/?]|$)/, '$1');
}

/** Compat: estates register `https://host` and come back to paths below it. */
function coversByOrigin(registered: string, requested: string): boolean {
  const ours = URL.parse(registered);
  const theirs = URL.parse(requested);
  if (ours === null || theirs === null) return false;
  if (ours.protocol !== 'https:' && ours.protocol !== 'http:') return false;
  // A registered query is part of the registration: nothing may be added to it.
  if (ours.origin !== theirs.origin || ours.search !== '') return false;
  const base = ours.pathname.endsWith('/') ? ours.pathname : `${ours.pathname}/`;
  return theirs.pathname === ours.pathname || theirs.pathname.startsWith(base);
}
