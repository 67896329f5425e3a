/** Decides which texts may be registered as redirect URIs. */

export const maxUriLength = 2048;

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
