/** What the OpenID Foundation's plan for the FAPI 2.0 Security Profile tries on an authorization server, done here by hand. */
import { createAuthority } from '@gatehouse/testing/keys';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { certificateSettings } from '../stack/client-certificates.ts';
import { createDpopKey, presentedBy, provenBy } from '../stack/dpop.ts';
import {
  authorizeAs,
  authorizePushed,
  codeGrant,
  createFapiClient,
  type FapiClient,
  present,
  push,
  pushed,
  tokenBy,
} from '../stack/fapi-client.ts';
import { agent, readView, signIn } from '../stack/interaction.ts';
import { authorizeUrl, interactionOf, type OAuthAnswer, postForm, responseOf } from '../stack/oauth.ts';
import { assertedBy, createClientKey, issuer } from '../stack/signing-client.ts';

const mtlsUrl = 'https://mtls.login.test';
const authority = createAuthority();

let stack: AuthApi;
let client: FapiClient;
let other: FapiClient;
let skewMs = 0;
const now = () => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      ...certificateSettings,
      GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1/32',
      GATEHOUSE_MTLS_URL: mtlsUrl,
    },
    now: () => Date.now() + skewMs,
  });
  [client, other] = await Promise.all([createFapiClient(stack), createFapiClient(stack, {}, 'PS256')]);
});
afterAll(() => stack?.close());

const codeFor = async (by = client, changes: Record<string, string | undefined> = {}) =>
  (await authorizeAs(stack, createBrowser(stack.app), by, changes)).get('code');

const tokensFor = async (by = client): Promise<OAuthAnswer> =>
  tokenBy(stack, by, codeGrant(await codeFor(by)));

const userInfo = (headers: Record<string, string>) =>
  stack.app.inject({ url: '/auth/v3/openid/userinfo', headers });

function refusal(answer: OAuthAnswer): [number, string] {
  return [answer.status, answer.json().error];
}

async function atClockOffset<T>(offsetMs: number, work: () => Promise<T>): Promise<T> {
  skewMs = offsetMs;
  try {
    return await work();
  } finally {
    skewMs = 0;
  }
}

describe('the whole way', () => {
  it.each(['ES256', 'PS256', 'EdDSA'])(
    'ends in bound tokens and an ID token, with keys of %s',
    async (alg) => {
      const own = await createFapiClient(stack, {}, alg);
      const browser = createBrowser(stack.app);
      const response = await authorizeAs(stack, browser, own);
      const answer = await tokenBy(stack, own, codeGrant(response.get('code')));
      const { access_token, id_token } = answer.json();

      expect([response.get('state'), response.get('iss')]).toEqual(['some-state', issuer]);
      expect(answer.json<{ token_type: string }>().token_type).toBe('DPoP');
      expect(decodeProtectedHeader(id_token).alg).toBe('ES256');
      expect(decodeJwt(id_token)).toMatchObject({ iss: issuer, aud: own.clientId, nonce: 'some-nonce' });
      expect((await userInfo(await presentedBy(own.dpop, access_token))).statusCode).toBe(200);
    },
  );

  it('ends in tokens that are bound to a certificate, which are neither given nor taken without it', async () => {
    const own = await createFapiClient(stack, {
      dpopBoundAccessTokens: false,
      tlsClientCertificateBoundAccessTokens: true,
    });
    const newCertificate = () => ({
      'x-ssl-client-cert': encodeURIComponent(authority.issue({ names: ['client'] }).cert),
    });
    const certificate = newCertificate();
    const ask = async (fields: ReturnType<typeof codeGrant>, headers: Record<string, string> = certificate) =>
      postForm(
        stack,
        'token',
        { ...(await assertedBy(own.key, own.clientId)), ...present(fields) },
        undefined,
        headers,
      );
    const code = await codeFor(own);
    expect(refusal(await ask(codeGrant(code), {}))).toEqual([400, 'invalid_request']);
    const { refresh_token } = (await ask(codeGrant(code))).json();
    const refresh = { grant_type: 'refresh_token', refresh_token };
    expect(refusal(await ask(refresh, {}))).toEqual([400, 'invalid_request']);
    const { access_token } = (await ask(refresh)).json();
    const taken = [certificate, newCertificate(), {}].map(async (headers) => {
      const answer = await userInfo({ authorization: `Bearer ${access_token}`, ...headers });
      return answer.statusCode;
    });

    expect(await Promise.all(taken)).toEqual([200, 401, 401]);
  });

  it.each([
    ['without state', { state: undefined }],
    ['without nonce', { nonce: undefined }],
    ['with a long state', { state: 's'.repeat(1000) }],
    ['with a nonce of 64 characters', { nonce: 'n'.repeat(64) }],
    ['with a long nonce', { nonce: 'n'.repeat(1000) }],
    ['with scopes in another order', { scope: 'profile openid' }],
    ['with parameters that nobody knows', { unknown_parameter: 'value' }],
  ])('goes %s', async (_name, changes: Record<string, string | undefined>) => {
    const response = await authorizeAs(stack, createBrowser(stack.app), client, changes);

    expect(response.get('code')).toBeTruthy();
    expect(response.get('state')).toBe('state' in changes ? (changes['state'] ?? null) : 'some-state');
  });

  it('ends in access_denied when the user refuses', async () => {
    const asking = await createFapiClient(stack, { requireConsent: true });
    const browser = createBrowser(stack.app);
    const { request_uri } = await pushed(stack, asking);
    const asked = await authorizePushed(browser, asking, request_uri);
    const onward = await signIn(stack, browser, interactionOf(asked), agent);
    const interaction = interactionOf(await browser.get(onward.location ?? ''));
    const { csrf } = await readView(stack.app, browser, interaction);
    const said = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: 'denied' });
    const response = responseOf(await browser.get(said.location ?? ''));

    expect([response.get('error'), response.get('state'), response.get('iss')]).toEqual([
      'access_denied',
      'some-state',
      issuer,
    ]);
  });

  it('announces what a client of the profile looks for', async () => {
    const { body, headers } = await stack.app.inject('/auth/v3/.well-known/openid-configuration');
    const strong = ['PS256', 'ES256', 'EdDSA'];
    const document = JSON.parse(body) as Record<string, string[]>;

    expect(headers['content-type']).toContain('application/json');
    expect(document['token_endpoint_auth_methods_supported']).toContain('private_key_jwt');
    expect(document['token_endpoint_auth_signing_alg_values_supported']).toEqual(
      expect.arrayContaining(strong),
    );
    expect(document['dpop_signing_alg_values_supported']).toEqual(expect.arrayContaining(strong));
    expect(document['code_challenge_methods_supported']).toEqual(['S256']);
    expect(document['authorization_response_iss_parameter_supported']).toBe(true);
  });
});

describe('pushed requests', () => {
  it('are the only way, and a redirect_uri, S256 and the response type code are asked for', async () => {
    const direct = await createBrowser(stack.app).get(authorizeUrl(client));
    expect(responseOf(direct).get('error')).toBe('invalid_request');

    const refused: [Record<string, string | undefined>, string][] = [
      [{ redirect_uri: undefined }, 'invalid_request'],
      [{ redirect_uri: 'https://app.test/callback/other' }, 'invalid_request'],
      [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ response_type: 'token' }, 'unauthorized_client'],
      [{ response_type: 'code id_token' }, 'unauthorized_client'],
      [{ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ];
    for (const [changes, error] of refused)
      expect(refusal(await push(stack, client, changes))).toEqual([400, error]);
  });

  it('stay usable until the user has signed in, and no longer', async () => {
    const browser = createBrowser(stack.app);
    const { request_uri } = await pushed(stack, client);
    await authorizePushed(browser, client, request_uri);
    const asked = await authorizePushed(browser, client, request_uri);
    const onward = await signIn(stack, browser, interactionOf(asked), agent);
    expect(responseOf(await browser.get(onward.location ?? '')).get('code')).toBeTruthy();

    const reused = responseOf(await authorizePushed(browser, client, request_uri));
    expect([reused.get('error'), reused.get('code')]).toEqual(['invalid_request_uri', null]);
  });

  it('end by themselves, and belong to one client', async () => {
    const quick = await startAuthApi({ beside: stack, env: { GATEHOUSE_PUSHED_REQUEST_TTL_SECONDS: '5' } });
    try {
      const { request_uri, expires_in } = await pushed(quick, client);
      expect(expires_in).toBe(5);
      expect(
        responseOf(await authorizePushed(createBrowser(stack.app), other, request_uri)).get('error'),
      ).toBe('invalid_request_uri');
      const [key = ''] = (await stack.deps.stores.redis.keys('*:pushed-request:*')).slice(-1);
      for (const name of await stack.deps.stores.redis.keys('*:pushed-request:*'))
        await stack.deps.stores.redis.pexpire(name, 0);
      expect(await stack.deps.stores.redis.exists(key)).toBe(0);
      const late = await authorizePushed(createBrowser(stack.app), client, request_uri);
      expect(responseOf(late).get('error')).toBe('invalid_request_uri');
    } finally {
      await quick.close();
    }
  });

  it('take a state outside for nothing', async () => {
    const { request_uri } = await pushed(stack, client, { state: undefined });
    const browser = createBrowser(stack.app);
    const asked = await authorizePushed(browser, client, request_uri, { state: 'outside', nonce: 'outside' });
    const onward = await signIn(stack, browser, interactionOf(asked), agent);

    expect(responseOf(await browser.get(onward.location ?? '')).get('state')).toBeNull();
  });
});

describe('client assertions', () => {
  const pushAsserting = async (changes: Record<string, unknown>, header = {}, key = client.key) =>
    push(stack, client, await assertedBy(key, client.clientId, changes, header));

  it.each<[string, Record<string, unknown>]>([
    ['a list as audience', { aud: [issuer] }],
    ['a foreign audience', { aud: 'https://other.test' }],
    ['an end five minutes ago', { exp: now() - 300 }],
    ['no sub', { sub: undefined }],
    ['a beginning more than 60 s ahead', { nbf: now() + 75, iat: now() + 75 }],
  ])('are refused with %s', async (_name, changes) => {
    expect(refusal(await pushAsserting(changes))).toEqual([401, 'invalid_client']);
  });

  // attack: client assertion for an endpoint, which another server could name as its own | FAPI 2.0 5.3.2.1, RFC 7523 3 | guard: services/auth-api/src/oauth/client-authentication/client-assertion.ts
  it.each([issuer, `${mtlsUrl}/auth/v3`].flatMap((base) => [`${base}/oauth/par`, `${base}/oauth/token`]))(
    'are refused with the audience %s',
    async (aud) => {
      expect(refusal(await pushAsserting({ aud }))).toEqual([401, 'invalid_client']);
    },
  );

  it('are taken from a clock that is 8 s ahead', async () => {
    expect((await pushAsserting({ nbf: now() + 8, iat: now() + 8 })).status).toBe(201);
  });

  // attack: client assertion by RS256 in the FAPI profile | FAPI 2.0 5.4 | guard: services/auth-api/src/oauth/client-authentication/client-assertion.ts
  it('are refused by RS256, whose key would do for PS256', async () => {
    const rsa = await createClientKey('RS256');
    const { alg: _alg, ...publicJwk } = rsa.publicJwk;
    const weak = await createFapiClient(stack, { jwks: { keys: [publicJwk] } });

    const answer = await push(stack, weak, await assertedBy(rsa, weak.clientId));
    expect(refusal(answer)).toEqual([401, 'invalid_client']);
  });

  it('are refused by the key of another client, and missing ones are', async () => {
    expect(refusal(await pushAsserting({}, {}, other.key))).toEqual([401, 'invalid_client']);
    const none = { client_id: client.clientId, client_assertion: undefined };
    expect(refusal(await push(stack, client, none))[0]).toBe(401);
    expect(refusal(await tokenBy(stack, client, { ...codeGrant(await codeFor()), ...none }))[0]).toBe(401);
  });
});

describe('codes', () => {
  it('belong to one client, and to the verifier', async () => {
    expect(refusal(await tokenBy(stack, other, codeGrant(await codeFor())))).toEqual([400, 'invalid_grant']);
    const wrong = { ...codeGrant(await codeFor()), code_verifier: 'w'.repeat(50) };
    expect(refusal(await tokenBy(stack, client, wrong))).toEqual([400, 'invalid_grant']);
    const none = { ...codeGrant(await codeFor()), code_verifier: undefined };
    expect(refusal(await tokenBy(stack, client, none))).toEqual([400, 'invalid_grant']);
  });

  it('are refused the second time, and then the tokens of the first time end', async () => {
    const code = await codeFor();
    const { access_token } = (await tokenBy(stack, client, codeGrant(code))).json();

    expect(refusal(await tokenBy(stack, client, codeGrant(code)))).toEqual([400, 'invalid_grant']);
    expect((await userInfo(await presentedBy(client.dpop, access_token))).statusCode).toBe(401);
  });

  it('end within a minute', async () => {
    const code = await codeFor();
    const [name = ''] = await stack.deps.stores.redis.keys(`*code:{${code?.split('.')[0]}}`);

    expect(await stack.deps.stores.redis.pttl(name)).toBeLessThanOrEqual(60_000);
    await stack.deps.stores.redis.pexpire(name, 0);
    expect(refusal(await tokenBy(stack, client, codeGrant(code)))).toEqual([400, 'invalid_grant']);
  });

  // attack: code older than a minute in the FAPI profile | FAPI 2.0 5.3.2.1 | guard: services/auth-api/src/oauth/token/grants/authorization-code.ts
  it('end within a minute also where the operator lets others live longer', async () => {
    const patient = await startAuthApi({
      beside: stack,
      env: { GATEHOUSE_CODE_TTL_SECONDS: '600' },
      now: () => Date.now() + skewMs,
    });
    try {
      const code = (await authorizeAs(patient, createBrowser(patient.app), client)).get('code');
      skewMs = 61_000;
      const proof = { claims: { iat: now() + 61 } };
      const assertion = await assertedBy(client.key, client.clientId, { iat: now() + 61, exp: now() + 120 });
      const answer = await tokenBy(patient, client, { ...codeGrant(code), ...assertion }, proof);
      expect(refusal(answer)).toEqual([400, 'invalid_grant']);
    } finally {
      skewMs = 0;
      await patient.close();
    }
  });

  it('are refused without a DPoP proof, which does not use them up', async () => {
    const code = await codeFor();

    expect(refusal(await tokenBy(stack, client, codeGrant(code), 'none'))).toEqual([400, 'invalid_request']);
    expect((await tokenBy(stack, client, codeGrant(code))).status).toBe(200);
  });

  // attack: stolen code redeemed with another key | RFC 9449 10 | guard: services/auth-api/src/oauth/token/grants/authorization-code.ts
  it('are bound by dpop_jkt to a key', async () => {
    const stranger = await createDpopKey();
    const code = await codeFor(client, { dpop_jkt: client.dpop.jkt });

    expect(refusal(await tokenBy(stack, client, codeGrant(code), {}, stranger))).toEqual([
      400,
      'invalid_grant',
    ]);
  });

  it('are bound by a proof at the pushed request endpoint, which must agree with dpop_jkt', async () => {
    const proof = await provenBy(client.dpop, { path: '/auth/v3/oauth/par' });
    const answer = await push(stack, client, { dpop_jkt: other.dpop.jkt }, proof);

    expect(refusal(answer)).toEqual([400, 'invalid_dpop_proof']);
  });
});

describe('proofs of possession', () => {
  it('go ten seconds before and after, and not a minute ahead', async () => {
    const at = async (seconds: number) =>
      tokenBy(stack, client, codeGrant(await codeFor()), { claims: { iat: now() + seconds } });

    expect([(await at(-10)).status, (await at(10)).status]).toEqual([200, 200]);
    expect(refusal(await at(75))).toEqual([400, 'invalid_dpop_proof']);
  });

  it('are as good from a server whose clock differs by the same', async () => {
    const code = await codeFor();
    const answer = await atClockOffset(-9_000, () => tokenBy(stack, client, codeGrant(code)));

    expect(answer.status).toBe(200);
  });

  it('may carry a beginning and an end of their own', async () => {
    const proof = { claims: { nbf: now(), exp: now() + 300 } };

    expect((await tokenBy(stack, client, codeGrant(await codeFor()), proof)).status).toBe(200);
  });
});

describe('refresh tokens', () => {
  it('are not rotated, give bound tokens, and belong to their client', async () => {
    const { refresh_token } = (await tokensFor()).json();
    const refresh = { grant_type: 'refresh_token', refresh_token };

    for (let turn = 0; turn < 2; turn++) {
      const answer = await tokenBy(stack, client, refresh);
      expect(answer.json().refresh_token).toBe(refresh_token);
      expect((await userInfo(await presentedBy(client.dpop, answer.json().access_token))).statusCode).toBe(
        200,
      );
    }
    expect(refusal(await tokenBy(stack, other, refresh))).toEqual([400, 'invalid_grant']);
    expect(refusal(await tokenBy(stack, client, refresh, 'none'))).toEqual([400, 'invalid_request']);
    expect((await tokenBy(stack, client, refresh)).status).toBe(200);
  });

  it('work with a narrower scope and an honest retry', async () => {
    const { refresh_token } = (await tokensFor()).json();
    const refresh = { grant_type: 'refresh_token', refresh_token, scope: 'openid' };
    const [first, second] = await Promise.all([
      tokenBy(stack, client, refresh),
      tokenBy(stack, client, refresh),
    ]);

    expect([first.status, second.status]).toEqual([200, 200]);
  });
});

describe('client credentials', () => {
  it('need the proof too', async () => {
    const form = { grant_type: 'client_credentials' };

    expect(refusal(await tokenBy(stack, client, form, 'none'))).toEqual([400, 'invalid_request']);
    expect((await tokenBy(stack, client, form)).status).toBe(200);
    expect((await postForm(stack, 'token', form, { ...client, clientSecret: 'none' })).status).toBe(401);
  });
});
