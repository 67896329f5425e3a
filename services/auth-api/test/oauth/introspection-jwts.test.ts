/** Answers about tokens as JWTs (RFC 9701), as resource servers read them. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { compactDecrypt, createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, ops, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  authorizeUrl,
  createClient,
  type OAuthAnswer,
  opsCall,
  passwordTokens,
  postForm,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';
import { createDecryptionKey, issuer } from '../stack/signing-client.ts';

const type = 'application/token-introspection+jwt';
let stack: AuthApi;
let client: TestClient;
let accessToken: string;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack);
  accessToken = (await passwordTokens(stack, client)).access_token;
});
afterAll(() => stack?.close());

const ask = (by: TestClient, token = accessToken, accept = type) =>
  postForm(stack, 'introspect', { token }, by, { accept });

async function read(jwt: string, audience: string) {
  const keys = createLocalJWKSet((await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>());
  return jwtVerify(jwt, keys, { issuer, audience, typ: 'token-introspection+jwt' });
}
const typeOf = ({ headers }: OAuthAnswer) => String(headers['content-type']);

describe('an answer about a token as a JWT', () => {
  it('says of an active token what the JSON says, for the client that asks', async () => {
    const answer = await ask(client);
    const plain = (await ask(client, accessToken, 'application/json')).json<unknown>();
    const { payload, protectedHeader } = await read(answer.body, client.clientId);

    expect([answer.status, typeOf(answer), answer.headers['cache-control']]).toEqual([200, type, 'no-store']);
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    expect(Object.keys(payload).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
    expect(payload['token_introspection']).toEqual(plain);
    expect(plain).toMatchObject({ active: true, client_id: client.clientId });
  });

  it('says of refresh tokens and of unknown ones the same as the JSON', async () => {
    const { refresh_token } = await passwordTokens(stack, client);
    for (const token of [refresh_token, 'unknown']) {
      const { payload } = await read((await ask(client, token)).body, client.clientId);
      expect(payload['token_introspection']).toEqual((await ask(client, token, '*/*')).json<unknown>());
    }
  });

  it('is for the operator too', async () => {
    const authorization = basicAuthorization(ops.username, ops.password);
    const answer = await postForm(stack, 'introspect', { token: accessToken }, undefined, {
      accept: type,
      authorization,
    });

    const { payload } = await read(answer.body, ops.username);
    expect(payload['token_introspection']).toMatchObject({ active: true });
  });

  it.each([
    ['application/json', false],
    ['*/*', false],
    ['application/*', false],
    [`${type};q=0`, false],
    [`application/json;q=0.5, ${type}`, true],
    ['Application/Token-Introspection+JWT', true],
  ])('is given where it is asked for by name: %s', async (accept, isJwt) => {
    const answer = await ask(client, accessToken, accept);

    expect([answer.status, typeOf(answer).startsWith(type)]).toEqual([200, isJwt]);
  });

  it('is signed and encrypted as the client registered', async () => {
    const key = await createDecryptionKey('RSA-OAEP-256');
    const own = await createClient(stack, {
      internalClient: true,
      jwks: { keys: [key.publicJwk] },
      introspectionSignedResponseAlg: 'ES256',
      introspectionEncryptedResponseAlg: 'RSA-OAEP-256',
      introspectionEncryptedResponseEnc: 'A128GCM',
    });
    const answer = await ask(own);
    const { plaintext, protectedHeader } = await compactDecrypt(answer.body, key.privateKey);
    const inner = await read(Buffer.from(plaintext).toString(), own.clientId);

    expect(typeOf(answer)).toBe(type);
    expect(protectedHeader).toEqual({
      alg: 'RSA-OAEP-256',
      enc: 'A128GCM',
      cty: 'JWT',
      kid: key.publicJwk.kid,
    });
    expect(inner.protectedHeader.alg).toBe('ES256');
    expect(inner.payload['token_introspection']).toMatchObject({ active: true });
  });

  // attack: claims in a signed inactive answer | CVE-2026-18208, RFC 9701 5 | guard: services/auth-api/src/oauth/token/introspect.ts
  it('tells a client that may not know the token nothing but that it is not active', async () => {
    const stranger = await createClient(stack, { contactCenterIds: [otherContactCenterId] });
    const { payload } = await read((await ask(stranger)).body, stranger.clientId);

    expect(payload['token_introspection']).toEqual({ active: false });
    expect(Object.keys(payload).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
  });

  // attack: answer about a token as a token | RFC 9701 8.1, RFC 8725 3.11 | guard: services/auth-api/src/oauth/token/introspection-jwt.ts
  it('passes for no token itself', async () => {
    const jwt = (await ask(client)).body;
    const userInfo = await stack.app.inject({
      url: '/auth/v3/openid/userinfo',
      headers: { authorization: `Bearer ${jwt}` },
    });
    const hinted = await createBrowser(stack.app).get(
      authorizeUrl(client, { id_token_hint: jwt, prompt: 'none' }),
    );

    expect(userInfo.statusCode).toBe(401);
    expect((await ask(client, jwt, '*/*')).json()).toEqual({ active: false });
    expect(responseOf(hinted).get('error')).toBe('invalid_request');
  });

  it('is refused like the JSON to who does not authenticate', async () => {
    const answer = await ask({ ...client, clientSecret: 'wrong' });

    expect([answer.status, answer.json().error]).toEqual([401, 'invalid_client']);
  });
});

it('is registered only with a key to encrypt to, and announced', async () => {
  const data = { introspectionEncryptedResponseAlg: 'ECDH-ES' };
  const refused = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data });
  const document = (await stack.app.inject('/auth/v3/.well-known/openid-configuration')).json();

  expect([refused.status, refused.body]).toEqual([
    400,
    expect.stringContaining('introspectionEncryptedResponseAlg: the key set has no key'),
  ]);
  expect(document).toMatchObject({
    introspection_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
    introspection_encryption_alg_values_supported: expect.arrayContaining(['RSA-OAEP-256']),
    introspection_encryption_enc_values_supported: expect.arrayContaining(['A128CBC-HS256']),
  });
});
