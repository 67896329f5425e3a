/** Makes what people hold, and asks either release what is left of it. */

import type { Browser } from '../harness/browser.ts';
import { createOAuth } from '../harness/oauth.ts';
import { clients } from './estate.ts';
import { right, type Side } from './exchanges/exchange.ts';
import { type Person, type Tokens, tokensIn, type Visits } from './visits.ts';

/** All of one login: a session of a browser, and tokens of an application that takes opaque ones and of one that takes JWTs. */
export interface Held {
  person: Person;
  sub: string;
  browser: Browser;
  opaque: Tokens;
  jwt: Tokens;
  jwtClientId: string;
}

/** @param clientId takes JWTs; another than usual where it is deleted later */
export async function hold(
  visits: Visits,
  at: Side,
  person: Person,
  clientId = clients.jwt.client_id,
): Promise<Held> {
  const { browser, tokens: opaque } = await visits.signIn(at, person);
  const jwt = await visits.more(at, browser, clientId);
  return { person, sub: opaque.sub, browser, opaque, jwt, jwtClientId: clientId };
}

export async function isActive({ http }: Side, token: string): Promise<boolean | string> {
  const body = right(await createOAuth(http).introspect(token));
  return body['active'] === true ? String(body['sub']) : false;
}

/** Names what does not live as before, with the subject of before; empty when all does. Takes the next refresh token. */
export async function missing(visits: Visits, at: Side, held: Held): Promise<string[]> {
  const found: string[] = [];
  const { sub, browser, opaque, jwt, jwtClientId } = held;
  if (!(await visits.isSignedIn(at, browser))) found.push('session');
  for (const [what, { access }] of [['opaque token', opaque] as const, ['JWT', jwt] as const]) {
    const seen = await isActive(at, access);
    if (seen !== sub) found.push(seen === false ? what : `${what} of another subject`);
  }
  const kinds = [
    ['opaque', clients.opaque.client_id],
    ['jwt', jwtClientId],
  ] as const;
  for (const [kind, clientId] of kinds) {
    const { status, body } = await visits.refresh(at, clientId, held[kind].refresh);
    if (status !== 200 || body === undefined) found.push(`refresh token (${kind}: ${status})`);
    else {
      const tokens = tokensIn(body);
      if (tokens.sub !== sub) found.push(`subject after the refresh (${kind})`);
      // The former access token stays, so that it is asked about for as long as the command runs.
      held[kind].refresh = tokens.refresh;
    }
  }
  return found;
}

export type Part = 'session' | 'opaque token' | 'JWT' | 'refresh token' | 'refresh token of the JWT';
export const allParts: readonly Part[] = [
  'session',
  'opaque token',
  'JWT',
  'refresh token',
  'refresh token of the JWT',
];

/** Names what of it is accepted still. */
export async function accepted(
  visits: Visits,
  at: Side,
  held: Held,
  parts: readonly Part[] = allParts,
): Promise<string[]> {
  const { browser, opaque, jwt, jwtClientId } = held;
  const refreshes = async (clientId: string, token: string) =>
    (await visits.refresh(at, clientId, token)).status === 200;
  const ask: Record<Part, () => Promise<unknown>> = {
    session: () => visits.isSignedIn(at, browser),
    'opaque token': () => isActive(at, opaque.access),
    JWT: () => isActive(at, jwt.access),
    'refresh token': () => refreshes(clients.opaque.client_id, opaque.refresh),
    'refresh token of the JWT': () => refreshes(jwtClientId, jwt.refresh),
  };
  const found: string[] = [];
  for (const part of parts) if ((await ask[part]()) !== false) found.push(part);
  return found;
}
