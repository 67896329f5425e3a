/** A strict relying party of somebody else's making goes the whole way over HTTP. */
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followAndSignIn, type ListeningAuthApi, startListening } from '../stack/listening.ts';
import { createClient, redirectUri, type TestClient } from '../stack/oauth.ts';

let stack: ListeningAuthApi;
let client: TestClient;
let config: oidc.Configuration;

beforeAll(async () => {
  stack = await startListening();
  client = await createClient(stack);
  config = await oidc.discovery(
    new URL(stack.issuer),
    client.clientId,
    {},
    oidc.ClientSecretBasic(client.clientSecret ?? ''),
    { execute: [oidc.allowInsecureRequests] },
  );
});
afterAll(() => stack?.close());

describe('openid-client', () => {
  recordForeignLibrary(
    'openid-client',
    'signs people in, refreshes, introspects and revokes tokens of its clients',
    import.meta.url,
  );
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

    const tokens = await oidc.authorizationCodeGrant(config, await followAndSignIn(stack, url), {
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
