/** Scope values: their grammar (RFC 6749 section 3.3) and the one rule of granting — never more than allowed. */

/** Stands for every scope in a registration and in a grant. */
export const everyScope = '*';

/** Asks for an ID token (OpenID Connect Core section 3.1.2.1). */
export const openidScope = 'openid';
/** Asks for a refresh token (section 11). */
export const offlineScope = 'offline_access';

const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const mostScopes = 100;

/** The scope values of a parameter, each once and in order; undefined when the text breaks the grammar. */
export function parseScope(text: string): string[] | undefined {
  const values = [...new Set(text.split(' ').filter((value) => value !== ''))];
  if (values.length === 0 || values.length > mostScopes) return undefined;
  return values.every((value) => scopeToken.test(value)) ? values : undefined;
}

/** The scope to grant: what was asked for when all of it is allowed, everything allowed when nothing was asked; else undefined. */
export function narrowScope(requested: string[] | undefined, allowed: string[]): string[] | undefined {
  if (requested === undefined) return allowed;
  return isWithinScope(requested, allowed) ? requested : undefined;
}

export function isWithinScope(requested: string[], allowed: string[]): boolean {
  return allowed.includes(everyScope) || requested.every((value) => allowed.includes(value));
}

/** What both allow; may be empty. */
export function commonScope(left: string[], right: string[]): string[] {
  if (left.includes(everyScope)) return right;
  if (right.includes(everyScope)) return left;
  return left.filter((value) => right.includes(value));
}
