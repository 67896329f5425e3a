/** Every error code of the token, introspection, revocation and resource endpoints, each by what brings it about. */
import { basicAuthorization } from '@gatehouse/contracts/http-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { accessTokenType, exchangeGrant } from '../stack/exchange.ts';
import { createClient, type OAuthAnswer, passwordTokens, postForm, type TestClient } from '../stack/oauth.ts';

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
    expect([answer.statusCode, challengeOf(answer)]).toEqual([401, 'Bearer realm="gatehouse"']);
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
