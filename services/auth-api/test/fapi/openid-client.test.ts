/** A strict client library of somebody else's making follows the FAPI 2.0 Security Profile over HTTP. */
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import { exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followAndSignIn, type ListeningAuthApi, startListening } from '../stack/listening.ts';
import { createClient, redirectUri } from '../stack/oauth.ts';

let stack: ListeningAuthApi;
let config: oidc.Configuration;
let keyOfClient: oidc.CryptoKey;

beforeAll(async () => {
  stack = await startListening({ GATEHOUSE_DPOP_REQUIRE_NONCE: 'true' });
  const { publicKey, privateKey } = await generateKeyPair('PS256', { extractable: true });
  keyOfClient = privateKey;
  const jwk = { ...(await exportJWK(publicKey)), alg: 'PS256', kid: 'client-key' };
  const { clientId } = await createClient(stack, {
    tokenEndpointAuthMethod: 'private_key_jwt',
    jwks: { keys: [jwk] },
    requirePushedAuthorizationRequests: true,
    requireSignedRequestObject: true,
    dpopBoundAccessTokens: true,
    accessTokenFormat: 'jwt',
    accessTokenSignedResponseAlg: 'ES256',
    idTokenSignedResponseAlg: 'ES256',
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
  });
  const key = { key: privateKey, kid: 'client-key' };
  config = await oidc.discovery(
    new URL(stack.issuer),
    clientId,
    { id_token_signed_response_alg: 'ES256' },
    oidc.PrivateKeyJwt(key),
    { execute: [oidc.allowInsecureRequests] },
  );
});
afterAll(() => stack?.close());

describe('openid-client', () => {
  recordForeignLibrary(
    'openid-client',
    'serves it by the FAPI 2.0 Security Profile and Message Signing',
    import.meta.url,
  );
  it('pushes a signed request, signs in, redeems and refreshes with DPoP and nonces, and reads userinfo', async () => {
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const codeVerifier = oidc.randomPKCECodeVerifier();
    const [nonce, state] = [oidc.randomNonce(), oidc.randomState()];
    const signed = await oidc.buildAuthorizationUrlWithJAR(
      config,
      {
        redirect_uri: redirectUri,
        scope: 'openid offline_access',
        ...{ state, nonce },
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      },
      { key: keyOfClient, kid: 'client-key' },
    );
    const request = signed.searchParams.get('request') ?? '';
    const url = await oidc.buildAuthorizationUrlWithPAR(config, { request }, { DPoP });
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);

    const checks = { pkceCodeVerifier: codeVerifier, expectedNonce: nonce, expectedState: state };
    const tokens = await oidc.authorizationCodeGrant(
      config,
      await followAndSignIn(stack, url),
      checks,
      {},
      { DPoP },
    );
    expect(tokens.token_type).toBe('dpop');
    const sub = tokens.claims()?.sub ?? '';
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).toMatchObject({ sub });
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP });
    expect(await oidc.fetchUserInfo(config, renewed.access_token, sub, { DPoP })).toMatchObject({ sub });
    expect(await oidc.tokenIntrospection(config, renewed.access_token)).toMatchObject({
      active: true,
      cnf: { jkt: await DPoP.calculateThumbprint() },
      iat: expect.any(Number),
    });
  });
});
