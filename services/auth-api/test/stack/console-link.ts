/** The console as a client of Auth API. */
import { randomUUID } from 'node:crypto';
import { consoleClientId, consoleLinkGrantType } from '@gatehouse/contracts/auth-api';
import { consoleClientSecrets, Secret } from '@gatehouse/service-kit/crypto';
import { type AuthApi, publicUrl, serviceClient } from './auth-api.ts';
import { type OAuthAnswer, opsCall, postForm, type TestClient } from './oauth.ts';

export const consoleClient: TestClient = {
  clientId: consoleClientId,
  clientSecret: consoleClientSecrets(new Secret(serviceClient.secret))[0],
  redirectUri: `${publicUrl}/auth/console/callback`,
};

const path = '/auth/v3/ops/console-links';

export function askForLink(
  stack: Pick<AuthApi, 'app'>,
  authorization?: string,
  requestId: string = randomUUID(),
): Promise<OAuthAnswer> {
  return opsCall(stack, 'POST', path, undefined, authorization, { 'x-request-id': requestId });
}

/** A link of the operator, and the id of the request that made it. */
export async function makeLink(stack: Pick<AuthApi, 'app'>) {
  const linkRequest = randomUUID();
  const answer = await askForLink(stack, undefined, linkRequest);
  if (answer.status !== 200) throw new Error(answer.body);
  const { url, expiresAt } = answer.json<{ data: { url: string; expiresAt: string } }>().data;
  return { url, expiresAt, code: new URL(url).hash.slice(1), linkRequest, headers: answer.headers };
}

let visitors = 0;

/** Each from an address of its own, unless it is given. */
export function redeemLink(
  stack: Pick<AuthApi, 'app'>,
  code: string,
  { client = consoleClient, visitor = `203.0.113.${++visitors}` } = {},
): Promise<OAuthAnswer> {
  const form = { grant_type: consoleLinkGrantType, code, visitor_address: visitor };
  return postForm(stack, 'token', form, client);
}

/** What the operator's session by a link holds. */
export async function linkedToken(stack: Pick<AuthApi, 'app'>) {
  const link = await makeLink(stack);
  const { access_token: accessToken } = (await redeemLink(stack, link.code)).json();
  return { ...link, accessToken };
}
