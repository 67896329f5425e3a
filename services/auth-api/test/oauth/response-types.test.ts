import { createHash } from 'node:crypto';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { type Answer, type Browser, createBrowser } from '../stack/browser.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  introspect,
  redeem,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';

const issuer = `${publicUrl}/auth/v3`;
const everyType = ['code', 'token', 'id_token', 'id_token token', 'code id_token'];
const openid = { scope: 'openid profile email', nonce: 'n-1' };

let stack: AuthApi;
let client: TestClient;
let browser: Browser;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack, {
    authorizedGrantTypes: ['authorization_code', 'implicit', 'refresh_token'],
    responseTypes: everyType,
  });
  browser = createBrowser(stack.app);
  await getCode(stack, browser, client);
});
afterAll(() => stack?.close());

const ask = (parameters: Record<string, string>) => browser.get(authorizeUrl(client, parameters));
const halfHash = (text: string) =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

function fragmentOf(answer: Answer): Record<string, string> {
  const { hash, search } = new URL(String(answer.location));
  expect(search).toBe('');
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}

function fieldsOf(answer: Answer): Record<string, string> {
  const inputs = [...answer.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return Object.fromEntries(inputs.map(([, name, value]) => [name, value]));
}

const claimsOf = (idToken: string | undefined): JWTPayload => decodeJwt(idToken ?? '');

describe('tokens from the authorization endpoint', () => {
  it('token: an access token in the fragment, without a refresh token', async () => {
    const answer = fragmentOf(await ask({ response_type: 'token', scope: 'read' }));

    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: '43200',
      scope: 'read',
      state: 'some-state',
      iss: issuer,
    });
    expect(await introspect(stack, client, answer['access_token'] ?? '')).toMatchObject({
      active: true,
      grant_type: 'implicit',
      sid: expect.any(String),
    });
  });

  it('id_token: bound to the nonce, with the claims that UserInfo cannot give', async () => {
    const answer = fragmentOf(await ask({ response_type: 'id_token', ...openid }));

    expect(Object.keys(answer).sort()).toEqual(['id_token', 'iss', 'state']);
    const claims = claimsOf(answer['id_token']);
    expect(claims).toMatchObject({
      iss: issuer,
      aud: client.clientId,
      nonce: 'n-1',
      acr: '1',
      preferred_username: 'agent',
      name: expect.any(String),
    });
    expect(claims).not.toHaveProperty('at_hash');
    expect(claims).not.toHaveProperty('c_hash');
  });

  it('id_token token: the ID token names its access token by at_hash and leaves the claims to UserInfo', async () => {
    const answer = fragmentOf(await ask({ response_type: 'token id_token', ...openid }));

    const claims = claimsOf(answer['id_token']);
    expect(claims['at_hash']).toBe(halfHash(answer['access_token'] ?? ''));
    expect(claims).not.toHaveProperty('name');
  });

  it('code id_token: c_hash binds the code, which is redeemed for tokens of the same sign-in', async () => {
    const answer = fragmentOf(await ask({ response_type: 'code id_token', ...openid }));

    const front = claimsOf(answer['id_token']);
    expect(front['c_hash']).toBe(halfHash(answer['code'] ?? ''));
    expect(front).not.toHaveProperty('name');
    const tokens = (await redeem(stack, client, answer['code'] ?? '')).json();
    const back = claimsOf(tokens.id_token);
    expect(back).toMatchObject({
      nonce: 'n-1',
      sub: front.sub,
      sid: front['sid'],
      auth_time: front['auth_time'],
    });
    expect(back['at_hash']).toBe(halfHash(tokens.access_token));
    expect(back).not.toHaveProperty('c_hash');
    expect(tokens.refresh_token).toBeTruthy();
  });

  it('code id_token of a client with Ed25519: c_hash is of SHA-512', async () => {
    const signed = await createClient(stack, {
      authorizedGrantTypes: ['authorization_code', 'implicit'],
      responseTypes: everyType,
      idTokenSignedResponseAlg: 'EdDSA',
    });
    const url = authorizeUrl(signed, { response_type: 'code id_token', ...openid });
    const answer = fragmentOf(await browser.get(url));

    const half = createHash('sha512')
      .update(answer['code'] ?? '')
      .digest()
      .subarray(0, 32);
    expect(claimsOf(answer['id_token'])['c_hash']).toBe(half.toString('base64url'));
  });

  it('offline_access gives nothing where there is no code', async () => {
    const answer = fragmentOf(await ask({ response_type: 'token', scope: 'read offline_access' }));
    expect(answer['scope']).toBe('read');
  });
});

describe('misuse', () => {
  // attack: response mode that puts tokens into the query | RFC 9700 2.1.2, CVE-2023-6927 | guard: services/auth-api/src/oauth/authorize/response-checks.ts
  it.each([
    [{ response_type: 'id_token', scope: 'openid' }, 'invalid_request', 'nonce'],
    [{ response_type: 'id_token', scope: 'read', nonce: 'n' }, 'invalid_scope', 'openid'],
    [{ response_type: 'code id_token', ...openid, response_mode: 'query' }, 'invalid_request', 'query'],
    [{ response_type: 'token', response_mode: 'query' }, 'invalid_request', 'query'],
  ] as [Record<string, string>, string, string][])('%j → %s', async (parameters, error, word) => {
    const answer = fragmentOf(await ask(parameters));

    expect(answer).toMatchObject({ error, state: 'some-state', iss: issuer });
    expect(answer['error_description']).toContain(word);
  });

  // attack: implicit flow that the client did not register | CVE-2026-7571, ASVS 10.4.4 | guard: services/auth-api/src/oauth/authorize/response-checks.ts
  it('refuses a response type that the client did not register, and one that nobody knows', async () => {
    const plain = await createClient(stack);

    const token = await browser.get(authorizeUrl(plain, { response_type: 'token' }));
    const unknown = await browser.get(authorizeUrl(plain, { response_type: 'code dance' }));

    expect(fragmentOf(token)['error']).toBe('unauthorized_client');
    expect(responseOf(unknown).get('error')).toBe('unsupported_response_type');
  });

  it('needs the redirect_uri of an OpenID Connect request even where only one is registered', async () => {
    const answer = await browser.get(authorizeUrl(client, { scope: 'openid', redirect_uri: '' }));
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });
});

describe('response_mode form_post', () => {
  it('brings the answer by a form that sends itself, or by its button, and may lead nowhere else', async () => {
    const answer = await ask({ response_type: 'code', response_mode: 'form_post' });

    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(fieldsOf(answer)).toEqual({ code: expect.any(String), state: 'some-state', iss: issuer });
    expect(answer.body).toContain(`<form method="post" action="${client.redirectUri}">`);
    expect(answer.body).toContain('<button type="submit">');
    const nonce = answer.body.match(/<script nonce="([^"]+)">/)?.[1];
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain(`script-src 'nonce-${nonce}'`);
    expect(policy).toContain(`form-action ${new URL(client.redirectUri).origin}`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect((await redeem(stack, client, fieldsOf(answer)['code'] ?? '')).status).toBe(200);
  });

  it('carries tokens and errors as well', async () => {
    const tokens = await ask({ response_type: 'id_token token', response_mode: 'form_post', ...openid });
    const refusal = await ask({ response_type: 'code', response_mode: 'form_post', prompt: 'dance' });

    expect(Object.keys(fieldsOf(tokens)).sort()).toEqual([
      'access_token',
      'expires_in',
      'id_token',
      'iss',
      'scope',
      'state',
      'token_type',
    ]);
    expect(fieldsOf(refusal)).toMatchObject({ error: 'invalid_request', state: 'some-state', iss: issuer });
  });

  // attack: markup in the state of a form post | CVE-2024-21637 | guard: services/auth-api/src/core/protocol/post-form.ts
  it('11: a state is text on the page, whatever it holds', async () => {
    const answer = await ask({ response_mode: 'form_post', state: `"><script>alert(1)</script>` });

    expect(answer.body.match(/<script/g)).toHaveLength(1);
    expect(fieldsOf(answer)['state']).toBe('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('is refused for the private scheme of an application on a device', async () => {
    const native = await createClient(stack, { redirectURIs: ['com.example.app:/callback'] });

    const answer = await browser.get(authorizeUrl(native, { response_mode: 'form_post' }));

    expect(responseOf(answer).get('error')).toBe('invalid_request');
  });
});
