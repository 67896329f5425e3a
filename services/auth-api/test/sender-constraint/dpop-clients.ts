/** Clients that send DPoP proofs, and what they ask. */
import { afterAll, beforeAll } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { createDpopKey, type DpopKey, provenBy } from '../stack/dpop.ts';
import {
  createClient,
  getCode,
  type OAuthAnswer,
  postForm,
  redirectUri,
  type TestClient,
  verifier,
} from '../stack/oauth.ts';

export let stack: AuthApi;
export let replica: AuthApi;
export let key: DpopKey;
export let other: DpopKey;
export let bound: TestClient;
export let free: TestClient;
export let native: TestClient;
export const now = () => Math.floor(Date.now() / 1000);

/** Starts them, with two replicas of the service, for the tests of a file. */
export function startDpopClients(): void {
  beforeAll(async () => {
    stack = await startAuthApi();
    replica = await startAuthApi({ beside: stack });
    [key, other] = await Promise.all([createDpopKey(), createDpopKey()]);
    bound = await createClient(stack, { dpopBoundAccessTokens: true });
    free = await createClient(stack);
    native = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['authorization_code', 'refresh_token'],
    });
  });
  afterAll(async () => {
    await replica?.close();
    await stack?.close();
  });
}

export const ask = (
  client: TestClient,
  headers: Record<string, string> = {},
  at = stack,
): Promise<OAuthAnswer> => postForm(at, 'token', { grant_type: 'client_credentials' }, client, headers);

export const redeemBy = async (client: TestClient, code: string, headers: Record<string, string>) =>
  postForm(
    stack,
    'token',
    { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
    client,
    headers,
  );

export const refreshBy = (client: TestClient, refreshToken: string, headers: Record<string, string> = {}) =>
  postForm(stack, 'token', { grant_type: 'refresh_token', refresh_token: refreshToken }, client, headers);

export async function userToken(client: TestClient, by = key) {
  const code = await getCode(stack, createBrowser(stack.app), client, { scope: 'openid sessions' });
  return (await redeemBy(client, code, await provenBy(by))).json();
}

export const userInfo = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET', at = stack) =>
  at.app.inject({ method, url: '/auth/v3/openid/userinfo', headers });
