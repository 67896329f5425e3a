/** What the OpenID Foundation's plan for FAPI-CIBA (poll, private_key_jwt) tries on an authorization server, done here by hand, for both ways to bind tokens: the plan itself uses certificates. */
import { createAuthority } from '@gatehouse/testing/keys';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { cibaGrant, loginHint, say, signedIn, waitingFor } from '../stack/backchannel.ts';
import { certificateSettings } from '../stack/client-certificates.ts';
import { createDpopKey, presentedBy, provenBy } from '../stack/dpop.ts';
import { createFapiClient, type FapiClient, present } from '../stack/fapi-client.ts';
import { type OAuthAnswer, postForm } from '../stack/oauth.ts';
import { assertedBy, assertionClaims, createClientKey, issuer } from '../stack/signing-client.ts';

type Fields = Record<string, unknown>;
type Headers = Record<string, string>;

/** How a client shows that it holds the key to which its tokens are bound. */
interface Binding {
  name: string;
  settings: Fields;
  tokenType: string;
  atToken(by: FapiClient): Promise<Headers>;
  atResource(by: FapiClient, accessToken: string): Promise<Headers>;
  /** The same by somebody who has the token and another key. */
  stolen(accessToken: string): Promise<Headers>;
}

const mtlsUrl = 'https://mtls.login.test';
const authority = createAuthority();
const newCertificate = () => ({
  'x-ssl-client-cert': encodeURIComponent(authority.issue({ names: ['client'] }).cert),
});
const certificate = newCertificate();

const bindings: Binding[] = [
  {
    name: 'DPoP',
    settings: { dpopBoundAccessTokens: true },
    tokenType: 'DPoP',
    atToken: ({ dpop }) => provenBy(dpop, { claims: { iat: now() } }),
    atResource: ({ dpop }, accessToken) => presentedBy(dpop, accessToken, { claims: { iat: now() } }),
    stolen: async (accessToken) =>
      presentedBy(await createDpopKey(), accessToken, { claims: { iat: now() } }),
  },
  {
    name: 'mTLS',
    settings: { dpopBoundAccessTokens: false, tlsClientCertificateBoundAccessTokens: true },
    tokenType: 'bearer',
    atToken: async () => certificate,
    atResource: async (_by, accessToken) => ({ authorization: `Bearer ${accessToken}`, ...certificate }),
    stolen: async (accessToken) => ({ authorization: `Bearer ${accessToken}`, ...newCertificate() }),
  },
];

let stack: AuthApi;
let bound: Binding;
let client: FapiClient;
let other: FapiClient;
let skewMs = 0;
const nowMs = () => Date.now() + skewMs;
const now = () => Math.floor(nowMs() / 1000);

const profile = (alg: string) => ({
  requirePushedAuthorizationRequests: false,
  authorizedGrantTypes: [cibaGrant, 'refresh_token'],
  backchannelTokenDeliveryMode: 'poll',
  backchannelAuthenticationRequestSigningAlg: alg,
  responseTypes: [],
  ...bound.settings,
});

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      ...certificateSettings,
      GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1/32',
      GATEHOUSE_MTLS_URL: mtlsUrl,
    },
    now: nowMs,
  });
});
afterAll(() => stack?.close());

const asserted = (by: FapiClient, changes: Fields = {}) =>
  assertedBy(by.key, by.clientId, { iat: now(), exp: now() + 60, ...changes });

/** Claims that are undefined are left out. */
const signed = (by: FapiClient, changes: Fields = {}, header: Fields = {}, key = by.key) =>
  key.sign(
    assertionClaims(
      by.clientId,
      {
        sub: undefined,
        nbf: now(),
        exp: now() + 300,
        scope: 'openid',
        login_hint: loginHint,
        binding_message: '1234',
        ...changes,
      },
      nowMs(),
    ),
    header,
  );

async function ask(
  changes: Fields = {},
  by = client,
  header: Fields = {},
  at: Pick<AuthApi, 'app'> = stack,
): Promise<OAuthAnswer> {
  const form = { request: await signed(by, changes, header), ...(await asserted(by)) };
  return postForm(at, 'backchannel', form);
}

async function asked(changes: Fields = {}, by = client): Promise<string> {
  const answer = await ask(changes, by);
  if (answer.status !== 200) throw new Error(`not asked: ${answer.body}`);
  return answer.json<{ auth_req_id: string }>().auth_req_id;
}

const poll = async (authReqId: string, by = client, fields: Fields = {}, headers?: Headers) => {
  const form = { ...(await asserted(by)), grant_type: cibaGrant, auth_req_id: authReqId, ...fields };
  return postForm(stack, 'token', present(form as never), undefined, headers ?? (await bound.atToken(by)));
};

const userInfo = (headers: Headers) => stack.app.inject({ url: '/auth/v3/openid/userinfo', headers });

const refusal = (answer: OAuthAnswer): [number, string] => [answer.status, answer.json().error];

async function approvedTokens(by = client, changes: Fields = {}) {
  const authReqId = await asked(changes, by);
  await say(await signedIn(stack), 'approved');
  return { authReqId, answer: await poll(authReqId, by) };
}

async function renewClients(): Promise<void> {
  skewMs += 601_000;
  [client, other] = await Promise.all([
    createFapiClient(stack, profile('ES256'), 'ES256'),
    createFapiClient(stack, profile('PS256'), 'PS256'),
  ]);
}

describe.each(bindings)('tokens bound by $name', (binding) => {
  beforeEach(async () => {
    bound = binding;
    await renewClients();
  });

  it('discovery-end-point-verification: the document has what a client looks for', async () => {
    const { body } = await stack.app.inject('/auth/v3/.well-known/openid-configuration');
    const document = JSON.parse(body) as Record<string, string[]>;

    expect(document['backchannel_token_delivery_modes_supported']).toContain('poll');
    expect(document['backchannel_authentication_endpoint']).toBe(`${issuer}/oauth/backchannel`);
    const algorithms = document['backchannel_authentication_request_signing_alg_values_supported'];
    expect(algorithms).toEqual(expect.arrayContaining(['PS256', 'ES256']));
    expect(document['backchannel_user_code_parameter_supported']).toBe(true);
    expect(document['grant_types_supported']).toContain(cibaGrant);
  });

  describe('a client that behaves well', () => {
    it.each(['ES256', 'PS256'])('fapi-ciba-id1: gets bound tokens, with keys of %s', async (alg) => {
      const by = alg === 'ES256' ? client : other;
      const { authReqId, answer } = await approvedTokens(by);

      expect(authReqId.length).toBeGreaterThanOrEqual(43);
      const { access_token, id_token, token_type } = answer.json<{
        access_token: string;
        id_token: string;
        token_type: string;
      }>();
      expect([answer.status, token_type]).toEqual([200, bound.tokenType]);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
      expect(decodeProtectedHeader(id_token)).toMatchObject({ alg: 'ES256', kid: expect.any(String) });
      const claims = decodeJwt(id_token);
      expect(claims).toMatchObject({ iss: issuer, aud: by.clientId, at_hash: expect.any(String) });
      for (const name of ['c_hash', 's_hash']) expect(claims).not.toHaveProperty(name);
      expect((await userInfo(await bound.atResource(by, access_token))).statusCode).toBe(200);
    });

    it('user-rejects-authentication: is told access_denied', async () => {
      const authReqId = await asked();
      await say(await signedIn(stack), 'denied');

      expect(refusal(await poll(authReqId))).toEqual([400, 'access_denied']);
    });

    it('multiple-call-to-token-endpoint: is told authorization_pending or slow_down', async () => {
      const authReqId = await asked();
      const errors = new Set<string>();
      for (let turn = 0; turn < 5; turn++) errors.add((await poll(authReqId)).json().error);

      expect([...errors]).toEqual(['authorization_pending', 'slow_down']);
    });

    it('auth-req-id-expired: is told expired_token after requested_expiry', async () => {
      const authReqId = await asked({ requested_expiry: 30 });
      skewMs += 31_000;

      expect(refusal(await poll(authReqId))).toEqual([400, 'expired_token']);
    });

    it('ensure-authorization-request-with-binding-message-succeeds: the person sees the message', async () => {
      await asked({ binding_message: '1234' });

      expect((await waitingFor(await signedIn(stack))).data.at(-1)?.bindingMessage).toBe('1234');
    });

    it('ensure-other-scope-order-succeeds', async () => {
      expect((await approvedTokens(client, { scope: 'profile openid' })).answer.status).toBe(200);
    });

    it('ensure-requested-expiry-as-string-succeeds', async () => {
      expect((await ask({ requested_expiry: '30' })).json()).toMatchObject({ expires_in: 30 });
    });

    it('the second client names the media type of its request', async () => {
      expect((await ask({}, other, { typ: 'oauth-authz-req+jwt' })).status).toBe(200);
    });

    it('refresh-token: gets new bound tokens', async () => {
      const { answer } = await approvedTokens();
      const { refresh_token } = answer.json();
      const renewed = await poll('', client, { grant_type: 'refresh_token', refresh_token });

      const { access_token, token_type } = renewed.json<{ access_token: string; token_type: string }>();
      expect(token_type).toBe(bound.tokenType);
      expect((await userInfo(await bound.atResource(client, access_token))).statusCode).toBe(200);
      expect((await userInfo(await bound.stolen(access_token))).statusCode).toBe(401);
      expect(refusal(await poll('', other, { grant_type: 'refresh_token', refresh_token }))).toEqual([
        400,
        'invalid_grant',
      ]);
    });
  });

  describe('the message', () => {
    it('potentially-bad-binding-message: is refused when it cannot be shown', async () => {
      const message = `1234 👍🏿 品川 ${'Lorem ipsum dolor sit amet, consectetur adipiscing elit. '.repeat(4)}`;

      expect(refusal(await ask({ binding_message: message }))).toEqual([400, 'invalid_binding_message']);
    });

    // attack: FAPI-CIBA request without a context | FAPI-CIBA 5.2.2-2 | guard: services/auth-api/src/oauth/backchannel/read-request.ts
    it('is required: without it nobody could tell one request from another', async () => {
      expect(refusal(await ask({ binding_message: undefined }))).toEqual([400, 'invalid_request']);
    });
  });

  describe('the signed request', () => {
    // attack: forged or stale backchannel request | FAPI-CIBA 5.2.2, CIBA 7.1.1 | guard: services/auth-api/src/oauth/backchannel/signed-request.ts
    it.each<[string, () => Fields]>([
      ['missing-aud', () => ({ aud: undefined })],
      ['bad-aud', () => ({ aud: 'https://other.test' })],
      ['missing-iss', () => ({ iss: undefined })],
      ['bad-iss', () => ({ iss: 'somebody' })],
      ['missing-exp', () => ({ exp: undefined })],
      ['expired-exp', () => ({ nbf: now() - 600, exp: now() - 300 })],
      ['exp-is-70-minutes-in-future', () => ({ exp: now() + 4200 })],
      ['exp is 70 minutes after nbf', () => ({ nbf: now() - 1800, exp: now() + 2400 })],
      ['missing-iat', () => ({ iat: undefined })],
      ['missing-nbf', () => ({ nbf: undefined })],
      ['nbf-is-10-minutes-in-future', () => ({ nbf: now() + 600 })],
      ['nbf-is-70-minutes-in-past', () => ({ nbf: now() - 4200 })],
      ['missing-jti', () => ({ jti: undefined })],
    ])('ensure-request-object-%s-fails', async (_name, changes) => {
      const answer = await ask(changes());

      expect(refusal(answer)).toEqual([400, 'invalid_request']);
      expect(answer.json().error_description).not.toMatch(/["\\]/);
    });

    // attack: backchannel request sent again | CIBA 7.1.1, jti | guard: services/auth-api/src/oauth/backchannel/signed-request.ts
    it('counts once', async () => {
      const request = await signed(client);
      const send = async () => postForm(stack, 'backchannel', { request, ...(await asserted(client)) });

      expect((await send()).status).toBe(200);
      expect(refusal(await send())).toEqual([400, 'invalid_request']);
    });

    it('signature-algorithm-is-none, is-bad, is-RS256 and signed-by-other-client fail', async () => {
      const good = await signed(client);
      const [, payload = '', signature = ''] = good.split('.');
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      const rsa = await createClientKey('RS256');
      const { alg: _alg, ...publicJwk } = rsa.publicJwk;
      const weak = await createFapiClient(stack, { ...profile('RS256'), jwks: { keys: [publicJwk] } });
      const requests: [FapiClient, string][] = [
        [client, `${none}.${payload}.`],
        [client, `${none}.${payload}.${signature}`],
        [client, `${good.slice(0, -8)}AAAAAAAA`],
        [client, await signed(client, {}, {}, other.key)],
        [client, await signed(client, {}, { kid: undefined }, other.key)],
        [weak, await signed(weak, {}, {}, rsa)],
      ];
      for (const [by, request] of requests) {
        const proof =
          by === weak
            ? await assertedBy({ ...rsa, sign: (await pssOf(rsa)).sign }, by.clientId, {
                iat: now(),
                exp: now() + 60,
              })
            : await asserted(by);
        expect(refusal(await postForm(stack, 'backchannel', { request, ...proof }))).toEqual([
          400,
          'invalid_request',
        ]);
      }
    });

    it('unsigned-backchannel-authorization-request fails, and so do parameters beside a signed one', async () => {
      const form = { scope: 'openid', login_hint: loginHint, binding_message: '1234' };
      const unsigned = await postForm(stack, 'backchannel', { ...form, ...(await asserted(client)) });
      expect(refusal(unsigned)).toEqual([400, 'invalid_request']);

      const both = { request: await signed(client), binding_message: '9999', ...(await asserted(client)) };
      expect(refusal(await postForm(stack, 'backchannel', both))).toEqual([400, 'invalid_request']);
    });

    it('authorization-request-with-multiple-hints fails', async () => {
      expect(refusal(await ask({ id_token_hint: 'eyJ', login_hint_token: 'eyJ' }))).toEqual([
        400,
        'invalid_request',
      ]);
    });

    it('different-client-id-and-issuer and wrong-client-id fail', async () => {
      const request = await signed(client);
      const byOther = await postForm(stack, 'backchannel', { request, ...(await asserted(other)) });
      expect(refusal(byOther)).toEqual([400, 'invalid_request']);
      const misnamed = { request, client_id: other.clientId, ...(await asserted(client)) };
      expect(refusal(await postForm(stack, 'backchannel', misnamed))).toEqual([401, 'invalid_client']);
    });
  });

  describe('the token endpoint', () => {
    it('wrong-auth-req-id and wrong-client-id fail', async () => {
      const { authReqId } = { authReqId: await asked() };

      expect(refusal(await poll(authReqId, other))).toEqual([400, 'invalid_grant']);
      expect(refusal(await poll(authReqId, client, { client_id: other.clientId }))).toEqual([
        401,
        'invalid_client',
      ]);
    });

    it('without-client-assertion fails, at both endpoints', async () => {
      const none = { client_id: client.clientId };
      const asking = await postForm(stack, 'backchannel', { request: await signed(client), ...none });
      expect(refusal(asking)[0]).toBe(401);
      const fields = { ...none, client_assertion: undefined, client_assertion_type: undefined };
      expect(refusal(await poll(await asked(), client, fields))[0]).toBe(401);
    });

    // attack: RS256 assertion of a FAPI-CIBA client | FAPI-CIBA 5.2.2, FAPI 8.6 | guard: services/auth-api/src/oauth/client-authentication/client-assertion.ts
    it('client-assertion-signature-algorithm-is-RS256 fails, at both endpoints', async () => {
      const rsa = await createClientKey('RS256');
      const { alg: _alg, ...publicJwk } = rsa.publicJwk;
      const weak = await createFapiClient(stack, { ...profile('PS256'), jwks: { keys: [publicJwk] } });
      const pss = await pssOf(rsa);
      const request = await signed(weak, {}, {}, pss);
      const times = { iat: now(), exp: now() + 60 };
      const byRsa = () => assertedBy(rsa, weak.clientId, times);
      const byPss = () => assertedBy(pss, weak.clientId, times);

      expect(refusal(await postForm(stack, 'backchannel', { request, ...(await byRsa()) }))).toEqual([
        401,
        'invalid_client',
      ]);
      const answer = await postForm(stack, 'backchannel', { request, ...(await byPss()) });
      const { auth_req_id } = answer.json<{ auth_req_id: string }>();
      expect(refusal(await poll(auth_req_id, weak, await byRsa()))).toEqual([401, 'invalid_client']);
      expect(refusal(await poll(auth_req_id, weak, await byPss()))).toEqual([400, 'authorization_pending']);
    });

    it.each([
      issuer,
      ...[issuer, `${mtlsUrl}/auth/v3`].flatMap((base) => [
        `${base}/oauth/token`,
        `${base}/oauth/backchannel`,
      ]),
    ])('client-assertion-with-iss-aud: takes %s for an audience', async (aud) => {
      const form = { request: await signed(client), ...(await asserted(client, { aud })) };

      expect((await postForm(stack, 'backchannel', form)).status).toBe(200);
    });

    it('holder-of-key-required: gives no token without its key, and takes none without it', async () => {
      const authReqId = await asked();
      await say(await signedIn(stack), 'approved');
      expect(refusal(await poll(authReqId, client, {}, {}))).toEqual([400, 'invalid_request']);
      const { access_token } = (await poll(authReqId)).json();

      for (const headers of [{ authorization: `Bearer ${access_token}` }, await bound.stolen(access_token)])
        expect((await userInfo(headers)).statusCode).toBe(401);
    });
  });
});

it('one person gets as many requests of a client as the setting allows', async () => {
  await renewClients();
  const allowed = 8;
  const patient = await startAuthApi({
    beside: stack,
    env: { GATEHOUSE_APPROVAL_MAX_BY_CLIENT: String(allowed), GATEHOUSE_APPROVAL_MAX_BY_ALL: '1000' },
    now: nowMs,
  });
  const statuses = [];
  try {
    for (let turn = 0; turn <= allowed; turn++) statuses.push((await ask({}, client, {}, patient)).status);
  } finally {
    await patient.close();
  }
  expect(statuses).toEqual([...Array(allowed).fill(200), 429]);
});

it.each([
  ['a UUID is echoed', 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a', true],
  ['another value is replaced', 'x <script>', false],
  ['without one, a new one is made', undefined, false],
])('x-fapi-interaction-id: %s', async (_name, sent, isEchoed) => {
  const authorization = 'Bearer unknown';
  const answer = await userInfo(sent ? { authorization, 'x-fapi-interaction-id': sent } : { authorization });
  const answered = String(answer.headers['x-fapi-interaction-id']);

  expect(answered).toMatch(/^[0-9a-f-]{36}$/);
  expect(answered === sent).toBe(isEchoed);
});

/** The same key pair, used by PS256. */
async function pssOf(rsa: Awaited<ReturnType<typeof createClientKey>>) {
  const { exportJWK, importJWK, SignJWT } = await import('jose');
  const key = await importJWK({ ...(await exportJWK(rsa.privateKey)), alg: 'PS256' }, 'PS256');
  const sign: typeof rsa.sign = (claims, header = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'PS256', kid: rsa.publicJwk.kid ?? '', ...header })
      .sign(key);
  return { ...rsa, sign };
}
