/** ID tokens and UserInfo that only their client can read, as strict relying parties read them. */
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import { compactDecrypt, createLocalJWKSet, type JSONWebKeySet, jwtDecrypt, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { followAndSignIn, startListening } from '../stack/listening.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  opsCall,
  passwordTokens,
  redeem,
  redirectUri,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { createDecryptionKey, type DecryptionKey, issuer } from '../stack/signing-client.ts';

let stack: AuthApi;
let key: DecryptionKey;
let client: TestClient;
const openid = { scope: 'openid email' };

beforeAll(async () => {
  stack = await startAuthApi();
  key = await createDecryptionKey('ECDH-ES+A256KW');
  client = await createClient(stack, {
    authorizedGrantTypes: ['authorization_code', 'implicit', 'refresh_token', 'password'],
    responseTypes: ['code', 'code id_token'],
    jwks: { keys: [key.publicJwk] },
    idTokenEncryptedResponseAlg: 'ECDH-ES+A256KW',
    idTokenEncryptedResponseEnc: 'A256GCM',
  });
});
afterAll(() => stack?.close());

async function verify(jwt: string, audience = client.clientId) {
  const keys = (await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>();
  return (await jwtVerify(jwt, createLocalJWKSet(keys), { issuer, audience })).payload;
}

async function open(jwe: string, by = key) {
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, by.privateKey);
  return { text: Buffer.from(plaintext).toString(), protectedHeader };
}

const userInfo = async (accessToken: string) =>
  stack.app.inject({
    url: '/auth/v3/openid/userinfo',
    headers: { authorization: `Bearer ${accessToken}` },
  });

describe('an encrypted ID token', () => {
  it('is a signed one that the key of the client opens, from a code and from a refresh token', async () => {
    const code = await getCode(stack, createBrowser(stack.app), client, { ...openid, nonce: 'n' });
    const first = (await redeem(stack, client, code)).json();
    const renewed = (
      await token(stack, client, { grant_type: 'refresh_token', refresh_token: first.refresh_token })
    ).json();

    for (const { id_token } of [first, renewed]) {
      const { text, protectedHeader } = await open(id_token);
      const kid = key.publicJwk.kid;
      expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', cty: 'JWT', kid });
      expect(await verify(text)).toMatchObject({ aud: client.clientId, sub: expect.any(String) });
    }
    expect(await verify((await open(first.id_token)).text)).toMatchObject({
      nonce: 'n',
      at_hash: expect.any(String),
    });
  });

  it('comes so through the browser too', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client, openid);
    const answer = await browser.get(
      authorizeUrl(client, { ...openid, response_type: 'code id_token', nonce: 'n' }),
    );
    const given = new URLSearchParams(new URL(answer.location ?? '').hash.slice(1));

    expect(await verify((await open(given.get('id_token') ?? '')).text)).toMatchObject({
      c_hash: expect.any(String),
    });
  });

  it('is a hint once it is opened', async () => {
    const browser = createBrowser(stack.app);
    const code = await getCode(stack, browser, client, openid);
    const { text } = await open((await redeem(stack, client, code)).json().id_token);
    const answer = await browser.get(
      authorizeUrl(client, { ...openid, id_token_hint: text, prompt: 'none' }),
    );

    expect(responseOf(answer).get('code')).toBeTruthy();
  });

  // attack: ID token in plain text where the key for its encryption is missing | OpenID Connect Core 10.2, 16.14 | guard: services/auth-api/src/core/assertions/encryption.ts
  it('is not issued at all where the key is gone, and neither is anything beside it', async () => {
    const own = await createClient(stack, {
      jwks: { keys: [key.publicJwk] },
      idTokenEncryptedResponseAlg: 'ECDH-ES+A256KW',
      userinfoEncryptedResponseAlg: 'ECDH-ES+A256KW',
    });
    const code = await getCode(stack, createBrowser(stack.app), own, openid);
    const { access_token } = await passwordTokens(stack, own, { scope: 'openid' });
    await stack.deps.stores.pool.query(`UPDATE auth.clients SET jwks = '{"keys":[]}' WHERE client_id = $1`, [
      own.clientId,
    ]);
    stack.deps.clients.directory.drop(own.clientId);
    const redeemed = await redeem(stack, own, code);
    const asked = await userInfo(access_token);

    for (const [status, answer] of [
      [redeemed.status, redeemed.json()],
      [asked.statusCode, asked.json()],
    ]) {
      expect(status).toBe(400);
      expect(answer).toEqual({
        error: 'invalid_request',
        error_description: expect.stringContaining('the key set has no key for ECDH-ES+A256KW'),
      });
    }
  });
});

describe('an encrypted UserInfo', () => {
  const clientOf = (alg: DecryptionKey, data: Record<string, unknown>) =>
    createClient(stack, {
      jwks: { keys: [alg.publicJwk] },
      userinfoEncryptedResponseAlg: alg.publicJwk.alg,
      ...data,
    });

  it('holds the signed one where both are registered', async () => {
    const own = await clientOf(key, { userinfoSignedResponseAlg: 'ES256' });
    const { access_token } = await passwordTokens(stack, own, { scope: 'openid' });
    const answer = await userInfo(access_token);
    const { text, protectedHeader } = await open(answer.body);

    expect(answer.headers['content-type']).toBe('application/jwt');
    expect(protectedHeader).toMatchObject({ enc: 'A128CBC-HS256', cty: 'JWT' });
    expect(await verify(text, own.clientId)).toMatchObject({
      user_name: 'demo\\agent',
      sub: expect.any(String),
    });
  });

  it('holds the claims alone where it is not signed', async () => {
    const rsa = await createDecryptionKey('RSA-OAEP-256');
    const own = await clientOf(rsa, {});
    const { access_token } = await passwordTokens(stack, own, { scope: 'openid' });
    const answer = await userInfo(access_token);
    const { payload } = await jwtDecrypt(answer.body, rsa.privateKey, { issuer, audience: own.clientId });

    expect(answer.headers['content-type']).toBe('application/jwt');
    expect(payload).toMatchObject({ user_name: 'demo\\agent', sub: expect.any(String) });
  });
});

it('is registered only with a key to encrypt to, and announced', async () => {
  for (const field of ['idTokenEncryptedResponseAlg', 'userinfoEncryptedResponseAlg']) {
    const refused = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data: { [field]: 'RSA-OAEP' } });
    expect([refused.status, refused.body]).toEqual([
      400,
      expect.stringContaining(`${field}: the key set has no key for RSA-OAEP, add an RSA key with use enc`),
    ]);
  }
  const document = (await stack.app.inject('/auth/v3/.well-known/openid-configuration')).json();
  for (const name of ['id_token', 'userinfo']) {
    expect(document[`${name}_encryption_alg_values_supported`]).toContain('ECDH-ES');
    expect(document[`${name}_encryption_enc_values_supported`]).toContain('A128CBC-HS256');
  }
});

describe('openid-client', () => {
  recordForeignLibrary('openid-client', 'gives it encrypted ID tokens', import.meta.url);

  it('accepts an encrypted ID token', async () => {
    const listening = await startListening();
    const own = await createClient(listening, {
      jwks: { keys: [key.publicJwk] },
      idTokenEncryptedResponseAlg: 'ECDH-ES+A256KW',
      userinfoSignedResponseAlg: 'RS256',
      userinfoEncryptedResponseAlg: 'ECDH-ES+A256KW',
    });
    const config = await oidc.discovery(
      new URL(listening.issuer),
      own.clientId,
      { userinfo_signed_response_alg: 'RS256' },
      oidc.ClientSecretBasic(own.clientSecret ?? ''),
      { execute: [oidc.allowInsecureRequests] },
    );
    oidc.enableDecryptingResponses(config, ['A128CBC-HS256'], {
      key: key.privateKey,
      alg: 'ECDH-ES+A256KW',
      kid: key.publicJwk.kid ?? '',
    });
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });

    const tokens = await oidc.authorizationCodeGrant(config, await followAndSignIn(listening, url), {
      pkceCodeVerifier,
      idTokenExpected: true,
    });
    const user = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
    await listening.close();

    expect(tokens.id_token?.split('.')).toHaveLength(5);
    expect(user['user_name']).toBe('demo\\agent');
  });
});
