/** Every error code of every endpoint, each by what brings it about. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { createDpopKey, provenBy } from '../stack/dpop.ts';
import { accessTokenType, exchangeGrant } from '../stack/exchange.ts';
import {
  authorizeUrl,
  challenge,
  createClient,
  getCode,
  type OAuthAnswer,
  passwordTokens,
  postForm,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';

const issuer = `${publicUrl}/auth/v3`;
const essentialContext = (value: string): Record<string, string> => ({
  scope: 'openid',
  claims: JSON.stringify({ id_token: { acr: { essential: true, value } } }),
});

let stack: AuthApi;
let client: TestClient;
let exchanger: TestClient;
let subject: string;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack, { scope: ['openid', 'read'] });
  exchanger = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant],
    tokenExchange: { subjectClients: [client.clientId] },
  });
  subject = (await passwordTokens(stack, client, { scope: 'read' })).access_token;
});
afterAll(() => stack?.close());

/** RFC 6749 section 5.2: the code, a description of printable ASCII without quotes, and nothing that a cache may keep. */
function expectRefusal(answer: OAuthAnswer, status: number, error: string): void {
  expect([answer.status, answer.json().error]).toEqual([status, error]);
  expect(Object.keys(answer.json()).sort()).toEqual(['error', 'error_description']);
  expect(answer.json().error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['cache-control']).toBe('no-store');
}

type Form = Record<string, string>;
const token = (form: Form | [string, string][], by: TestClient | undefined = client, headers: Form = {}) =>
  postForm(stack, 'token', form, by, headers);
const exchange = (form: Form = {}) =>
  token(
    { grant_type: exchangeGrant, subject_token: subject, subject_token_type: accessTokenType, ...form },
    exchanger,
  );

describe('the token endpoint (RFC 6749 section 5.2)', () => {
  const own = { grant_type: 'client_credentials' };

  it.each<[string, number, string, () => Promise<OAuthAnswer>]>([
    ['a parameter is missing', 400, 'invalid_request', () => token({ grant_type: 'authorization_code' })],
    ['the grant_type is missing', 400, 'invalid_request', () => token({})],
    [
      'a parameter comes twice',
      400,
      'invalid_request',
      () =>
        token([
          ['grant_type', 'client_credentials'],
          ['scope', 'read'],
          ['scope', 'read'],
        ]),
    ],
    [
      'the client proves itself in two ways',
      400,
      'invalid_request',
      () => token({ ...own, client_secret: client.clientSecret ?? '' }),
    ],
    [
      'nobody proves to be a client',
      401,
      'invalid_client',
      () => token(own, { ...client, clientId: 'nobody' }),
    ],
    ['the secret is wrong', 401, 'invalid_client', () => token(own, { ...client, clientSecret: 'wrong' })],
    ['there are no credentials', 401, 'invalid_client', () => postForm(stack, 'token', own)],
    [
      'a code is made up',
      400,
      'invalid_grant',
      () => token({ grant_type: 'authorization_code', code: 'made-up' }),
    ],
    [
      'a refresh token is made up',
      400,
      'invalid_grant',
      () => token({ grant_type: 'refresh_token', refresh_token: 'made-up' }),
    ],
    [
      'a password is wrong',
      400,
      'invalid_grant',
      () => token({ grant_type: 'password', username: 'demo\\agent', password: 'wrong' }),
    ],
    [
      'the client may not use the grant',
      400,
      'unauthorized_client',
      () => token({ grant_type: exchangeGrant }),
    ],
    ['nobody knows the grant', 400, 'unsupported_grant_type', () => token({ grant_type: 'magic' })],
    ['the scope is wider than registered', 400, 'invalid_scope', () => token({ ...own, scope: 'write' })],
    ['the scope is malformed', 400, 'invalid_scope', () => token({ ...own, scope: 'a"b' })],
  ])('when %s: %i %s', async (_outcome, status, error, ask) => {
    expectRefusal(await ask(), status, error);
  });

  it('challenges whoever used the Authorization header (section 5.2)', async () => {
    const answer = await token(own, { ...client, clientSecret: 'wrong' });
    expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
  });
});

describe('the authorization endpoint (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6)', () => {
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;

  it.each<[string, string, Form]>([
    ['the response_type is missing', 'invalid_request', { response_type: '' }],
    ['the code_challenge_method is plain', 'invalid_request', { code_challenge_method: 'plain' }],
    ['prompt says none and login', 'invalid_request', { prompt: 'none login' }],
    ['max_age is no number', 'invalid_request', { max_age: '-1' }],
    ['claims is no JSON', 'invalid_request', { claims: '{' }],
    ['the id_token_hint is none of ours', 'invalid_request', { id_token_hint: 'made-up' }],
    ['nobody knows the response_type', 'unsupported_response_type', { response_type: 'magic' }],
    ['the client may not use the response_type', 'unauthorized_client', { response_type: 'token' }],
    ['the scope is wider than registered', 'invalid_scope', { scope: 'write' }],
    ['a resource is named (RFC 8707)', 'invalid_target', { resource: 'https://api.test' }],
    ['nobody is signed in and prompt says none', 'login_required', { prompt: 'none' }],
    ['no sign-in can have the acr', 'unmet_authentication_requirements', essentialContext('urn:none')],
    ['a registration comes along', 'registration_not_supported', { registration: '{}' }],
    ['the request object is not signed (RFC 9101)', 'request_not_supported', { request: unsigned }],
    ['the request object is no JWT', 'invalid_request_object', { request: 'made-up' }],
    ['the request_uri is an address', 'request_uri_not_supported', { request_uri: 'https://app.test/r' }],
    [
      'nobody pushed the request_uri (RFC 9126)',
      'invalid_request_uri',
      { request_uri: 'urn:ietf:params:oauth:request_uri:made-up' },
    ],
  ])('when %s: %s at the redirect URI, with state and iss', async (_outcome, error, parameters) => {
    const answer = await createBrowser(stack.app).get(authorizeUrl(client, parameters));
    const { origin, pathname, search, hash } = new URL(String(answer.location));
    expect(`${origin}${pathname}`).toBe(client.redirectUri);
    const given = Object.fromEntries(new URLSearchParams(search || hash.slice(1)));
    expect(given).toMatchObject({ error, state: 'some-state', iss: issuer });
    expect(given['error_description']).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it('when the user must agree and prompt says none: consent_required', async () => {
    const asking = await createClient(stack, { requireConsent: true });
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const answer = responseOf(await browser.get(authorizeUrl(asking, { prompt: 'none' })));
    expect(answer.get('error')).toBe('consent_required');
  });

  it.each<[string, Form]>([
    ['the client is unknown', { client_id: 'nobody' }],
    ['the redirect_uri is not registered', { redirect_uri: 'https://evil.test/' }],
  ])('when %s: a page, and no redirect', async (_outcome, parameters) => {
    const answer = await createBrowser(stack.app).get(authorizeUrl(client, parameters));
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });
});

describe('pushed requests (RFC 9126 section 2.3)', () => {
  const request = { response_type: 'code', redirect_uri: 'https://app.test/callback' };
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  const push = (form: Form, by: TestClient | undefined = client) => postForm(stack, 'par', form, by);

  it.each<[string, number, string, () => Promise<OAuthAnswer>]>([
    ['nobody proves to be a client', 401, 'invalid_client', () => postForm(stack, 'par', request)],
    ['a request_uri is pushed', 400, 'invalid_request', () => push({ ...request, request_uri: 'urn:x' })],
    ['it has no response_type', 400, 'invalid_request', () => push({ redirect_uri: request.redirect_uri })],
    [
      'the redirect_uri is foreign',
      400,
      'invalid_request',
      () => push({ ...request, redirect_uri: 'https://x.test' }),
    ],
    [
      'the scope is wider than registered',
      400,
      'invalid_scope',
      () => push({ ...request, ...pkce, scope: 'write' }),
    ],
    [
      'the client may not use the response_type',
      400,
      'unauthorized_client',
      () => push({ ...request, response_type: 'token' }),
    ],
    ['the request object is no JWT', 400, 'invalid_request_object', () => push({ request: 'made-up' })],
  ])('when %s: %i %s', async (_outcome, status, error, ask) => {
    expectRefusal(await ask(), status, error);
  });
});

describe('DPoP (RFC 9449 sections 5, 7.1 and 8)', () => {
  const own = { grant_type: 'client_credentials' };

  it('the token endpoint: 400 invalid_dpop_proof for a proof that is none', async () => {
    expectRefusal(await token(own, client, { dpop: 'made-up' }), 400, 'invalid_dpop_proof');
  });

  it('the token endpoint: 400 invalid_request for a client that must send a proof and does not', async () => {
    const bound = await createClient(stack, { dpopBoundAccessTokens: true });
    expectRefusal(await token(own, bound), 400, 'invalid_request');
  });

  it('the token endpoint: 400 use_dpop_nonce for a nonce that is none of ours, with one that is', async () => {
    const proof = await provenBy(await createDpopKey(), { nonce: 'made-up' });
    const answer = await token(own, client, proof);
    expectRefusal(answer, 400, 'use_dpop_nonce');
    expect(answer.headers['dpop-nonce']).toEqual(expect.any(String));
  });

  it('a resource: 401 invalid_dpop_proof without a proof, and the algorithms that are taken', async () => {
    const answer = await stack.app.inject({
      url: '/auth/v3/userinfo',
      headers: { authorization: `DPoP ${subject}` },
    });
    expect([answer.statusCode, answer.json().error]).toEqual([401, 'invalid_dpop_proof']);
    expect(answer.headers['www-authenticate']).toMatch(/^DPoP .*error="invalid_dpop_proof", algs="ES256 /);
  });
});

describe('token exchange (RFC 8693 section 2.2.2)', () => {
  it.each<[string, number, string, () => Promise<OAuthAnswer>]>([
    ['the subject_token is missing', 400, 'invalid_request', () => exchange({ subject_token: '' })],
    ['its type is missing', 400, 'invalid_request', () => exchange({ subject_token_type: '' })],
    ['the subject_token is invalid', 400, 'invalid_request', () => exchange({ subject_token: 'made-up' })],
    [
      'an actor_token_type has no actor_token',
      400,
      'invalid_request',
      () => exchange({ actor_token_type: accessTokenType }),
    ],
    [
      'the actor_token is invalid',
      400,
      'invalid_request',
      () => exchange({ actor_token: 'made-up', actor_token_type: accessTokenType }),
    ],
    ['the audience is unknown', 400, 'invalid_target', () => exchange({ audience: 'nobody' })],
    ['the resource is no URI', 400, 'invalid_target', () => exchange({ resource: 'no-uri' })],
    ['more scope is asked for than was given', 400, 'invalid_scope', () => exchange({ scope: 'read write' })],
  ])('when %s: %i %s', async (_outcome, status, error, ask) => {
    expectRefusal(await ask(), status, error);
  });
});

describe('introspection (RFC 7662 section 2.3) and revocation (RFC 7009 section 2.2.1)', () => {
  it.each(['introspect', 'revoke'])('%s: without a token 400 invalid_request', async (endpoint) => {
    expectRefusal(await postForm(stack, endpoint, {}, client), 400, 'invalid_request');
  });

  it.each(['introspect', 'revoke'])('%s: without credentials 401 invalid_client', async (endpoint) => {
    expectRefusal(await postForm(stack, endpoint, { token: subject }), 401, 'invalid_client');
  });

  it('introspect: by a PUBLIC client 400 unauthorized_client', async () => {
    const open = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['authorization_code'],
    });
    expectRefusal(await postForm(stack, 'introspect', { token: subject }, open), 400, 'unauthorized_client');
  });

  it('revoke: of an ID token 400 unsupported_token_type, since it would go on being believed', async () => {
    const { id_token } = await passwordTokens(stack, client, { scope: 'openid' });
    expectRefusal(
      await postForm(stack, 'revoke', { token: id_token }, client),
      400,
      'unsupported_token_type',
    );
  });

  it('revoke: of anything else that is no token 200, whatever the hint says', async () => {
    const answers = await Promise.all(
      ['access_token', 'refresh_token', 'magic'].map((token_type_hint) =>
        postForm(stack, 'revoke', { token: 'made-up', token_type_hint }, client),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('resources (RFC 6750 section 3.1)', () => {
  const ask = (path: string, headers: Form = {}, payload?: string) =>
    stack.app.inject({
      method: payload === undefined ? 'GET' : 'POST',
      url: `/auth/v3/${path}`,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
  const challengeOf = (answer: Awaited<ReturnType<typeof ask>>) => String(answer.headers['www-authenticate']);

  it('without a token: 401, and a challenge without an error code', async () => {
    const answer = await ask('userinfo');
    expect([answer.statusCode, challengeOf(answer)]).toEqual([
      401,
      expect.stringMatching(/^Bearer realm="gatehouse", resource_metadata="[^"]+"$/),
    ]);
  });

  it('with one that is expired, revoked, malformed or of another kind: 401 invalid_token', async () => {
    const other = basicAuthorization(client.clientId, client.clientSecret ?? '');
    for (const authorization of ['Bearer made-up', 'Bearer', other]) {
      const answer = await ask('userinfo', { authorization });
      expect([answer.statusCode, answer.json().error]).toEqual([401, 'invalid_token']);
      expect(challengeOf(answer)).toContain('error="invalid_token"');
    }
  });

  it('with two: 400 invalid_request', async () => {
    const answer = await ask(
      'openid/userinfo',
      { authorization: `Bearer ${subject}`, 'content-type': 'application/x-www-form-urlencoded' },
      `access_token=${subject}`,
    );
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'invalid_request']);
  });

  it('with one that lacks the scope: 403 insufficient_scope', async () => {
    const answer = await ask('openid/userinfo', { authorization: `Bearer ${subject}` });
    expect([answer.statusCode, answer.json().error]).toEqual([403, 'insufficient_scope']);
    expect(challengeOf(answer)).toContain('error="insufficient_scope"');
  });
});
