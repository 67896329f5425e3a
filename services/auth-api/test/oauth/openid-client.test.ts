/** A strict relying party of somebody else's making goes the whole way over HTTP. */
import type { AddressInfo } from 'node:net';
import { freePort } from '@gatehouse/testing/ports';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { agent } from '../stack/interaction.ts';
import { createClient, interactionOf, redirectUri, type TestClient } from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;
let config: oidc.Configuration;

beforeAll(async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  stack = await startAuthApi({ env: { GATEHOUSE_PUBLIC_URL: origin } });
  await stack.app.listen({ host: '127.0.0.1', port });
  expect((stack.app.server.address() as AddressInfo).port).toBe(port);
  client = await createClient(stack);
  config = await oidc.discovery(
    new URL(`${origin}/auth/v3`),
    client.clientId,
    {},
    oidc.ClientSecretBasic(client.clientSecret ?? ''),
    { execute: [oidc.allowInsecureRequests] },
  );
});
afterAll(() => stack?.close());

describe('openid-client', () => {
  it('discovers, signs in with PKCE and nonce, reads userinfo, refreshes, introspects and revokes', async () => {
    const codeVerifier = oidc.randomPKCECodeVerifier();
    const nonce = oidc.randomNonce();
    const state = oidc.randomState();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    const browser = createBrowser(stack.app);
    const origin = url.origin;
    const interaction = interactionOf(await browser.get(`${url.pathname}${url.search}`));
    const { csrf } = await stack.deps.interactions.readFor(
      { cookies: Object.fromEntries(browser.cookies), headers: {}, ip: '', method: 'GET', url: '/' },
      interaction,
    );
    const onward = await browser.postForm('/auth/v3/sign-in', { ...agent, interaction, csrf }, { origin });
    const back = await browser.get(String(onward.location).replace(origin, ''));

    const tokens = await oidc.authorizationCodeGrant(config, new URL(String(back.location)), {
      pkceCodeVerifier: codeVerifier,
      expectedNonce: nonce,
      expectedState: state,
      idTokenExpected: true,
    });

    const claims = tokens.claims();
    expect(claims).toMatchObject({ aud: client.clientId, nonce });
    const user = await oidc.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    expect(user['user_name']).toBe('demo\\agent');
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(renewed.claims()?.sub).toBe(claims?.sub);
    expect((await oidc.tokenIntrospection(config, renewed.access_token)).active).toBe(true);
    await oidc.tokenRevocation(config, renewed.refresh_token ?? '');
    expect((await oidc.tokenIntrospection(config, renewed.access_token)).active).toBe(false);
  });

  it('gets a token for itself', async () => {
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'read' });
    expect(tokens.scope).toBe('read');
  });
});
