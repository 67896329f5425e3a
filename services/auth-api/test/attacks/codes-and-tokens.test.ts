import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  createClient,
  getCode,
  introspect,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  type TestClient,
  token,
  verifier,
} from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;
let other: TestClient;
let skewMs = 0;

beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + skewMs });
  client = await createClient(stack);
  other = await createClient(stack);
});
afterAll(() => stack?.close());

const code = (parameters: Record<string, string> = {}, by = client) =>
  getCode(stack, createBrowser(stack.app), by, parameters);

const refused = (answer: { status: number; json(): { error: string } }) => [
  answer.status,
  answer.json().error,
];

describe('codes', () => {
  // attack: replay of an authorization code | CVE-2026-4282, ASVS 10.4.2 | guard: services/auth-api/src/oauth/token/grants/authorization-code.ts
  it('20: are redeemed once; the second time ends every token of the first (CVE-2026-4282)', async () => {
    const value = await code();
    const first = (await redeem(stack, client, value)).json();

    expect(refused(await redeem(stack, client, value))).toEqual([400, 'invalid_grant']);

    expect(await introspect(stack, client, first.access_token)).toEqual({ active: false });
    expect(
      refused(
        await token(stack, client, { grant_type: 'refresh_token', refresh_token: first.refresh_token }),
      ),
    ).toEqual([400, 'invalid_grant']);
  });

  // attack: authorization code of another client | CVE-2026-55672, RFC 9700 4.5 | guard: services/auth-api/src/oauth/token/grants/authorization-code.ts
  it('21: are not redeemed by another client, confidential or PUBLIC (CVE-2026-55672)', async () => {
    const open = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['authorization_code'],
    });

    expect(refused(await redeem(stack, other, await code()))).toEqual([400, 'invalid_grant']);
    expect(refused(await redeem(stack, open, await code()))).toEqual([400, 'invalid_grant']);
    expect(refused(await redeem(stack, client, await code({}, open)))).toEqual([400, 'invalid_grant']);
  });

  // attack: code redeemed for another redirect URI | RFC 6749 4.1.3 | guard: services/auth-api/src/oauth/token/grants/authorization-code.ts
  it('22: need the same redirect_uri again (RFC 6749 section 4.1.3)', async () => {
    expect(refused(await redeem(stack, client, await code(), { redirect_uri: '' }))).toEqual([
      400,
      'invalid_grant',
    ]);
    expect(
      refused(await redeem(stack, client, await code(), { redirect_uri: `${client.redirectUri}/` })),
    ).toEqual([400, 'invalid_grant']);
    expect((await redeem(stack, client, await code({ redirect_uri: '' }), { redirect_uri: '' })).status).toBe(
      200,
    );
  });

  // attack: code verifier left out, wrong or malformed | CVE-2023-48228, RFC 7636 4.6 | guard: services/auth-api/src/core/protocol/pkce.ts
  it.each([
    ['omitted', ''],
    ['another', 'w'.repeat(50)],
    ['too short', 'v'.repeat(42)],
    ['too long', 'v'.repeat(129)],
    ['of illegal characters', `${'v'.repeat(49)}!`],
    ['extended', `${verifier}v`],
  ])(
    '23: with a challenge, a verifier that is %s is refused (CVE-2023-48228)',
    async (_case, code_verifier) => {
      expect(refused(await redeem(stack, client, await code(), { code_verifier }))).toEqual([
        400,
        'invalid_grant',
      ]);
    },
  );

  // attack: PKCE downgrade: verifier without a challenge | CVE-2024-23647, RFC 9700 4.8.2 | guard: services/auth-api/src/core/protocol/pkce.ts
  it('23: without a challenge, a verifier is a downgrade and refused (CVE-2024-23647)', async () => {
    const lenient = await createClient(stack, { requirePkce: false });
    const unbound = () => code({ code_challenge: '', code_challenge_method: '' }, lenient);

    expect(refused(await redeem(stack, lenient, await unbound()))).toEqual([400, 'invalid_grant']);
    expect((await redeem(stack, lenient, await unbound(), { code_verifier: '' })).status).toBe(200);
  });

  // attack: code redeemed after its lifetime | ASVS 10.4.3 | guard: services/auth-api/src/tokens/families.ts
  it('24: end with their lifetime', async () => {
    const value = await code();
    const [familyId = ''] = value.split('.');
    const ttl = await stack.deps.stores.redis.pttl(stack.deps.core.keyspace.key('code', familyId));
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);

    await stack.deps.stores.redis.pexpire(stack.deps.core.keyspace.key('code', familyId), 0);
    expect(refused(await redeem(stack, client, value))).toEqual([400, 'invalid_grant']);
  });

  // attack: code redeemed after sign-out | ASVS 7.4.1 | guard: services/auth-api/src/oauth/token/grants/authorization-code.ts
  it('24: end with the session, with the client and with the user', async () => {
    const browser = createBrowser(stack.app);
    const afterLogout = await getCode(stack, browser, client);
    await browser.postJson('/auth/v3/sign-out', {});
    expect(refused(await redeem(stack, client, afterLogout))).toEqual([400, 'invalid_grant']);

    const doomed = await createClient(stack);
    const afterDeletion = await code({}, doomed);
    await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${doomed.clientId}`);
    const reborn = await createClient(stack, { client_id: doomed.clientId });
    expect(refused(await redeem(stack, reborn, afterDeletion))).toEqual([400, 'invalid_grant']);

    const afterCutOff = await code();
    const { sub } = (await introspect(stack, client, (await passwordTokens(stack, client)).access_token)) as {
      sub: string;
    };
    await stack.deps.revocation.revocations.revoke({ kind: 'sub', id: sub });
    expect(refused(await redeem(stack, client, afterCutOff))).toEqual([400, 'invalid_grant']);
    skewMs += 10;
  });

  // attack: guessed or changed code | ASVS 11.5.1 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('74: cannot be guessed or changed: any other text is refused', async () => {
    const value = await code();
    const [familyId = '', secret = ''] = value.split('.');
    for (const text of [
      familyId,
      `${familyId}.`,
      `${familyId}.${secret.slice(1)}`,
      `${familyId}.${'A'.repeat(43)}`,
      `${value}A`,
      `.${secret}`,
      `{${value}}`,
      '*',
      '\u0000',
    ]) {
      expect(refused(await redeem(stack, client, text)), text).toEqual([400, 'invalid_grant']);
    }
    // None of them used it up.
    expect((await redeem(stack, client, value)).status).toBe(200);
  });
});

describe('the token endpoint', () => {
  const form = { grant_type: 'client_credentials' };
  const send = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    postForm(stack, 'token', fields, undefined, headers);
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

  // attack: two client authentication methods at once | RFC 6749 2.3 | guard: services/auth-api/src/oauth/client-authentication/credentials.ts
  it('28: refuses two authentication methods at once (RFC 6749 section 2.3)', async () => {
    const authorization = basicAuthorization(client.clientId, client.clientSecret ?? '');

    const twoSecrets = await send(
      { ...form, client_id: client.clientId, client_secret: client.clientSecret ?? '' },
      { authorization },
    );
    const anotherId = await send({ ...form, client_id: other.clientId }, { authorization });
    const assertion = await send(
      { ...form, client_assertion: 'x', client_assertion_type: 'y' },
      { authorization },
    );

    expect(refused(twoSecrets)).toEqual([400, 'invalid_request']);
    expect(refused(anotherId)).toEqual([400, 'invalid_request']);
    expect(refused(assertion)).toEqual([400, 'invalid_request']);
  });

  // attack: client secret in the address | RFC 6749 2.3.1, ASVS 14.2.1 | guard: services/auth-api/src/oauth/client-authentication/client-authentication.ts
  it('28: refuses secrets in the address', async () => {
    for (const query of [
      `client_id=${client.clientId}&client_secret=${client.clientSecret}`,
      `client%5Fsecret=${client.clientSecret}`,
      'refresh_token=x',
    ]) {
      const answer = await stack.app.inject({
        method: 'POST',
        url: `/auth/v3/oauth/token?${query}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'grant_type=client_credentials',
      });
      expect([answer.statusCode, answer.json().error], query).toEqual([400, 'invalid_request']);
    }
    expect(stack.logged()).not.toContain(client.clientSecret);
  });

  it.each([
    ['bad base64', 'Basic %%%%'],
    ['no colon', `Basic ${Buffer.from('nocolon').toString('base64')}`],
    ['NUL', basic('client\u0000', 'secret')],
    ['bytes that are no UTF-8', `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x41]).toString('base64')}`],
    ['an empty name', basic('', 'secret')],
    ['no value', 'Basic'],
    ['a huge value', `Basic ${'A'.repeat(6000)}`],
  ])('28: refuses Basic with %s', async (_case, authorization) => {
    expect(refused(await send(form, { authorization }))).toEqual([401, 'invalid_client']);
  });

  // attack: token parameter given twice | RFC 6749 3.2 | guard: services/auth-api/src/core/protocol/parameters.ts
  it('17: refuses every parameter that is given twice, but for audience and resource', async () => {
    for (const name of ['grant_type', 'scope', 'client_id', 'code', 'username', 'unknown_parameter']) {
      const answer = await postForm(
        stack,
        'token',
        [
          ['grant_type', 'client_credentials'],
          [name, 'a'],
          [name, 'b'],
        ],
        client,
      );
      expect(refused(answer), name).toEqual([400, 'invalid_request']);
    }
    const repeated = await postForm(
      stack,
      'token',
      [
        ['grant_type', 'client_credentials'],
        ['audience', 'a'],
        ['audience', 'b'],
      ],
      client,
    );
    expect(repeated.status).toBe(200);
  });

  it('17: takes prototype names and brackets for unknown parameters', async () => {
    const answer = await postForm(
      stack,
      'token',
      [
        ['grant_type', 'client_credentials'],
        ['__proto__', 'x'],
        ['constructor', 'y'],
        ['scope[]', 'z'],
      ],
      client,
    );
    expect(answer.status).toBe(200);
    expect(answer.json().scope).toBe('*');
  });

  // attack: content type that skips validation at the token endpoint | CVE-2026-25223, CVE-2025-32442 | guard: services/auth-api/src/core/protocol/parameters.ts
  it.each([
    ['application/json', '{"grant_type":"client_credentials"}'],
    ['application/json\tfoo', '{"grant_type":"client_credentials"}'],
    ['text/plain', 'grant_type=client_credentials'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/x-www-form-urlencodedx', 'grant_type=client_credentials'],
  ])('64: takes forms only, not %s (CVE-2026-25223)', async (contentType, payload) => {
    const answer = await stack.app.inject({
      method: 'POST',
      url: '/auth/v3/oauth/token',
      headers: {
        'content-type': contentType,
        authorization: basicAuthorization(client.clientId, client.clientSecret ?? ''),
      },
      payload,
    });
    expect(answer.statusCode).toBe(415);
    expect(answer.json().error).toBe('invalid_request');
  });

  // attack: scope beyond the registration | CVE-2024-52287 | guard: services/auth-api/src/core/protocol/parameters.ts
  // attack: grant beyond the registration | RFC 6749 5.2, ASVS 10.4.4 | guard: services/auth-api/src/oauth/token/token.ts
  it('30: gives no grant and no scope beyond the registration', async () => {
    const narrow = await createClient(stack, {
      authorizedGrantTypes: ['client_credentials'],
      scope: ['read'],
    });

    expect(
      refused(await token(stack, narrow, { grant_type: 'password', username: 'x', password: 'y' })),
    ).toEqual([400, 'unauthorized_client']);
    expect(refused(await token(stack, narrow, { grant_type: 'refresh_token', refresh_token: 'x' }))).toEqual([
      400,
      'unauthorized_client',
    ]);
    expect(refused(await token(stack, narrow, { ...form, scope: 'read write' }))).toEqual([
      400,
      'invalid_scope',
    ]);
    expect(refused(await token(stack, narrow, { ...form, scope: '*' }))).toEqual([400, 'invalid_scope']);
  });

  it('30: a client without the refresh grant gets no refresh token', async () => {
    const plain = await createClient(stack, { authorizedGrantTypes: ['password'] });
    expect(await passwordTokens(stack, plain)).not.toHaveProperty('refresh_token');
  });
});

describe('32: refresh tokens', () => {
  const refresh = (refresh_token: string, by: TestClient) =>
    token(stack, by, { grant_type: 'refresh_token', refresh_token });

  // attack: refresh token of another client | CVE-2026-55672, RFC 9700 4.14 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('are no good to another client, also within the grace time (CVE-2026-55672)', async () => {
    const { refresh_token } = await passwordTokens(stack, client);
    expect(refused(await refresh(refresh_token, other))).toEqual([400, 'invalid_grant']);

    expect((await refresh(refresh_token, client)).status).toBe(200);
    expect(refused(await refresh(refresh_token, other))).toEqual([400, 'invalid_grant']);
    expect((await refresh(refresh_token, client)).status).toBe(200);
  });

  // attack: refresh without client authentication | CVE-2026-53512, ASVS 10.4.10 | guard: services/auth-api/src/oauth/client-authentication/client-authentication.ts
  it('need the client to prove itself (CVE-2026-53512)', async () => {
    const { refresh_token } = await passwordTokens(stack, client);
    const answer = await postForm(stack, 'token', {
      grant_type: 'refresh_token',
      refresh_token,
      client_id: client.clientId,
    });
    expect(refused(answer)).toEqual([401, 'invalid_client']);
  });

  it('are not access tokens, and access tokens are not refresh tokens', async () => {
    const { access_token, refresh_token } = await passwordTokens(stack, client);

    expect(refused(await refresh(access_token, client))).toEqual([400, 'invalid_grant']);
    const answer = await stack.app.inject({
      url: '/auth/v3/userinfo',
      headers: { authorization: `Bearer ${refresh_token}` },
    });
    expect(answer.statusCode).toBe(401);
  });

  // attack: refresh token after sign-out everywhere | CVE-2022-3916, CVE-2023-22492 | guard: services/auth-api/src/tokens/grant.ts
  it('end when the user signs out everywhere or is cut off', async () => {
    const { access_token, refresh_token } = await passwordTokens(stack, client);
    const { sub } = (await introspect(stack, client, access_token)) as { sub: string };
    skewMs += 1;
    await stack.deps.revocation.revocations.revoke({ kind: 'sub', id: sub });
    skewMs += 10;

    expect(refused(await refresh(refresh_token, client))).toEqual([400, 'invalid_grant']);
    expect(await introspect(stack, client, access_token)).toEqual({ active: false });
  });

  it('end when their session is signed out', async () => {
    const browser = createBrowser(stack.app);
    const { refresh_token } = (await redeem(stack, client, await getCode(stack, browser, client))).json();

    await browser.postJson('/auth/v3/sign-out', {});

    expect(refused(await refresh(refresh_token, client))).toEqual([400, 'invalid_grant']);
  });
});
