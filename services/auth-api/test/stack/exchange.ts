/** Token exchange as a client does it (RFC 8693). */
import type { AuthApi } from './auth-api.ts';
import { type OAuthAnswer, postForm, type TestClient } from './oauth.ts';

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

export const urn = (type: string) => `urn:ietf:params:oauth:token-type:${type}`;
export const accessTokenType = urn('access_token');

export function exchangeToken(
  stack: Pick<AuthApi, 'app'>,
  by: TestClient,
  subjectToken: string,
  form: Record<string, string> | [string, string][] = {},
  headers: Record<string, string> = {},
): Promise<OAuthAnswer> {
  const pairs = Array.isArray(form) ? form : Object.entries(form);
  const given = new Set(pairs.map(([name]) => name));
  const base: [string, string][] = [
    ['grant_type', exchangeGrant],
    ['subject_token', subjectToken],
    ['subject_token_type', accessTokenType],
  ];
  return postForm(stack, 'token', [...base.filter(([name]) => !given.has(name)), ...pairs], by, headers);
}

/** Status and error code of a refusal. */
export function refusalOf(answer: OAuthAnswer): [number, string] {
  return [answer.status, answer.json().error];
}
