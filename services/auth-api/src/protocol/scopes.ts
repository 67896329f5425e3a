/** Parses scope values (RFC 6749 section 3.3) and limits them to what is allowed. */

/** Stands for every scope in a registration and in a grant. */
export const everyScope = '*';

/** Requests an ID token (OpenID Connect Core section 3.1.2.1). */
export const openidScope = 'openid';
/** Requests a refresh token (section 11). */
export const offlineScope = 'offline_access';

const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const maxScopes = 100;

/** The scope values of a parameter, each once and in order; undefined if the text breaks the grammar. */
export function parseScope(text: string): string[] | undefined {
  const values = [...new Set(text.split(' ').filter((value) => value !== ''))];
  if (values.length === 0 || values.length > maxScopes) return undefined;
  return values.every((value) => scopeToken.test(value)) ? values : undefined;
}

/** The scope to grant: the requested one if all of it is allowed, all that is allowed if none was requested, else undefined. */
export function narrowScope(requested: string[] | undefined, allowed: string[]): string[] | undefined {
  if (requested === undefined) return allowed;
  return isWithinScope(requested, allowed) ? requested : undefined;
}

export function isWithinScope(requested: string[], allowed: string[]): boolean {
  return allowed.includes(everyScope) || requested.every((value) => allowed.includes(value));
}

/** The intersection, which may be empty. */
export function commonScope(left: string[], right: string[]): string[] {
  if (left.includes(everyScope)) return right;
  if (right.includes(everyScope)) return left;
  return left.filter((value) => right.includes(value));
}
