import { createHmac } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  createDpopKey,
  type DpopKey,
  type ProofFor,
  presentedBy,
  privateJwkOf,
  provenBy,
} from '../stack/dpop.ts';
import { exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  introspect,
  type OAuthAnswer,
  opsCall,
  passwordTokens,
  postForm,
  redirectUri,
  responseOf,
  type TestClient,
  verifier,
} from '../stack/oauth.ts';

let stack: AuthApi;
let replica: AuthApi;
let key: DpopKey;
let other: DpopKey;
let bound: TestClient;
let free: TestClient;
let native: TestClient;
const now = () => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  stack = await startAuthApi();
  replica = await startAuthApi({ beside: stack });
  [key, other] = await Promise.all([createDpopKey(), createDpopKey()]);
  bound = await createClient(stack, { dpopBoundAccessTokens: true });
  free = await createClient(stack);
  native = await createClient(stack, {
    clientType: 'PUBLIC',
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
  });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

const ask = (client: TestClient, headers: Record<string, string> = {}, at = stack): Promise<OAuthAnswer> =>
  postForm(at, 'token', { grant_type: 'client_credentials' }, client, headers);

const redeemBy = async (client: TestClient, code: string, headers: Record<string, string>) =>
  postForm(
    stack,
    'token',
    { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
    client,
    headers,
  );

const refreshBy = (client: TestClient, refreshToken: string, headers: Record<string, string> = {}) =>
  postForm(stack, 'token', { grant_type: 'refresh_token', refresh_token: refreshToken }, client, headers);

async function userToken(client: TestClient, by = key) {
  const code = await getCode(stack, createBrowser(stack.app), client, { scope: 'openid sessions' });
  return (await redeemBy(client, code, await provenBy(by))).json();
}

const userInfo = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET', at = stack) =>
  at.app.inject({ method, url: '/auth/v3/openid/userinfo', headers });

describe('44: a token request with a DPoP proof (RFC 9449 section 5)', () => {
  it('gets a token of the type DPoP that introspection shows to be bound to the key', async () => {
    const answer = await ask(free, await provenBy(key));

    expect([answer.status, answer.json<{ token_type: string }>().token_type]).toEqual([200, 'DPoP']);
    expect(await introspect(stack, free, answer.json().access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: key.jkt },
    });
  });

  it.each(['ES256', 'PS256', 'EdDSA', 'Ed25519'])('takes a proof by %s', async (alg) => {
    expect((await ask(bound, await provenBy(await createDpopKey(alg)))).status).toBe(200);
  });

  it('is refused as invalid_request without a proof where the client registered for bound tokens', async () => {
    const answer = await ask(bound);

    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_request']);
    expect(answer.json().error_description).toContain('DPoP');
  });

  it('stays a bearer request without a proof where the client did not', async () => {
    expect((await ask(free)).json<{ token_type: string }>().token_type).toBe('bearer');
  });

  it('takes clocks that are 10 s wrong, spellings of one address, and claims that mean nothing here', async () => {
    const answers = await Promise.all(
      [
        { claims: { iat: now() + 10 } },
        { claims: { iat: now() - 10 } },
        { claims: { nbf: now(), exp: now() + 300 } },
        { claims: { htu: 'HTTPS://LOGIN.TEST:443/auth/v3/oauth/token?a=b#c' } },
        { claims: { extra: true }, header: { extra: 'value' } },
      ].map(async (proof) => ask(bound, await provenBy(key, proof))),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it.each<[string, ProofFor]>([
    ['another method', { claims: { htm: 'GET' } }],
    ['no method', { claims: { htm: undefined } }],
    ['another address', { claims: { htu: `${publicUrl}/auth/v3/oauth/par` } }],
    ['another host', { claims: { htu: 'https://other.test/auth/v3/oauth/token' } }],
    ['an address that is no text', { claims: { htu: [`${publicUrl}/auth/v3/oauth/token`] } }],
    ['no address', { claims: { htu: undefined } }],
    ['no jti', { claims: { jti: undefined } }],
    ['an endless jti', { claims: { jti: 'j'.repeat(257) } }],
    ['no time', { claims: { iat: undefined } }],
    ['a time 60 s ahead', { claims: { iat: now() + 75 } }],
    ['a time an hour ago', { claims: { iat: now() - 3600 } }],
    ['a time that is a text', { claims: { iat: String(now()) } }],
    ['an end that has passed', { claims: { exp: now() - 60 } }],
    ['another typ', { header: { typ: 'JWT' } }],
    ['no typ', { header: { typ: undefined } }],
    ['no key', { header: { jwk: undefined } }],
    ['a key that is none', { header: { jwk: { kty: 'EC' } } }],
  ])('is refused as invalid_dpop_proof with %s', async (_name, proof) => {
    const answer = await ask(bound, await provenBy(key, proof));

    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_dpop_proof']);
  });

  it('is refused with a private key in the header, and does not say what it was', async () => {
    const jwk = await privateJwkOf(key);
    const answer = await ask(bound, await provenBy(key, { header: { jwk } }));

    expect(answer.json()).toEqual({
      error: 'invalid_dpop_proof',
      error_description: 'The DPoP proof is refused: its jwk holds a private key',
    });
    expect(stack.logged()).not.toContain(jwk.d);
  });

  it('is refused with a symmetric or no algorithm, with RS256, a foreign signature, and texts that are no JWT', async () => {
    const { dpop } = await provenBy(key);
    const [, payload = '', signature = ''] = dpop.split('.');
    const headed = (alg: string, jwk: unknown = key.jwk) =>
      Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg, jwk })).toString('base64url');
    const symmetric = `${headed('HS256', { kty: 'oct', k: 'a2V5' })}.${payload}`;
    const forged = [
      `${headed('none')}.${payload}.`,
      `${headed('nOnE')}.${payload}.${signature}`,
      `${symmetric}.${createHmac('sha256', 'key').update(symmetric).digest('base64url')}`,
      (await provenBy(await createDpopKey('RS256'))).dpop,
      (await provenBy(other, { header: { jwk: key.jwk } })).dpop,
      `${dpop}, ${dpop}`,
      dpop.slice(0, -6),
      'not-a-jwt',
      '...',
      `${'a'.repeat(9000)}`,
    ];
    for (const proof of forged) {
      const answer = await ask(bound, { dpop: proof });
      expect([answer.status, answer.json().error, proof.slice(0, 20)]).toEqual([
        400,
        'invalid_dpop_proof',
        proof.slice(0, 20),
      ]);
    }
  });

  it('counts once, on every replica', async () => {
    const proof = await provenBy(key);
    const answers = await Promise.all([stack, replica, stack, replica].map((at) => ask(bound, proof, at)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
    expect((await ask(bound, proof)).json().error).toBe('invalid_dpop_proof');
  });

  it('is not used up by somebody who does not prove to be the client', async () => {
    const proof = await provenBy(key);

    expect((await ask({ ...bound, clientSecret: 'wrong-secret' }, proof)).status).toBe(401);
    expect((await ask(bound, proof)).status).toBe(200);
  });
});

describe('a code that is bound to a key (RFC 9449 section 10)', () => {
  it('is redeemed with that key alone', async () => {
    const parameters = { dpop_jkt: key.jkt };
    const right = await getCode(stack, createBrowser(stack.app), free, parameters);
    const wrong = await getCode(stack, createBrowser(stack.app), free, parameters);
    const none = await getCode(stack, createBrowser(stack.app), free, parameters);

    expect((await redeemBy(free, right, await provenBy(key))).status).toBe(200);
    expect((await redeemBy(free, wrong, await provenBy(other))).json().error).toBe('invalid_grant');
    expect((await redeemBy(free, none, {})).json().error).toBe('invalid_grant');
  });
});

describe('the authorization endpoint', () => {
  it('gives no token to a client whose tokens are bound', async () => {
    const front = await createClient(stack, {
      dpopBoundAccessTokens: true,
      authorizedGrantTypes: ['authorization_code', 'implicit'],
      responseTypes: ['code', 'token'],
    });
    const answer = await createBrowser(stack.app).get(authorizeUrl(front, { response_type: 'token' }));

    expect(answer.location).toContain('error=unauthorized_client');
  });

  it('refuses a dpop_jkt that is no thumbprint', async () => {
    const answer = await createBrowser(stack.app).get(authorizeUrl(free, { dpop_jkt: 'short' }));

    expect(responseOf(answer).get('error')).toBe('invalid_request');
  });
});

describe('refreshing bound tokens', () => {
  it('takes the key that a public client began with, and leaves the token usable after a wrong one', async () => {
    const { refresh_token } = await userToken(native);

    const stolen = await refreshBy(native, refresh_token, await provenBy(other));
    const bare = await refreshBy(native, refresh_token);
    const renewed = await refreshBy(native, refresh_token, await provenBy(key));

    expect([stolen.json().error, bare.json().error]).toEqual(['invalid_grant', 'invalid_grant']);
    expect(renewed.json<{ token_type: string }>().token_type).toBe('DPoP');
    expect(renewed.json().refresh_token).not.toBe(refresh_token);
  });

  it('does not rotate the refresh token of a client whose tokens are all bound, however often it comes', async () => {
    const { refresh_token } = await userToken(bound);

    const answers = [];
    for (let turn = 0; turn < 3; turn++)
      answers.push(await refreshBy(bound, refresh_token, await provenBy(key)));

    expect(answers.map((answer) => answer.json().refresh_token)).toEqual(Array(3).fill(refresh_token));
    expect(new Set(answers.map((answer) => answer.json().access_token)).size).toBe(3);
    expect((await refreshBy(bound, refresh_token)).json().error).toBe('invalid_request');
  });

  it('lets a confidential client change its key, and answers a retry only with the first one', async () => {
    const { refresh_token } = await userToken(free);

    const renewed = await refreshBy(free, refresh_token, await provenBy(other));
    const retry = await refreshBy(free, refresh_token, await provenBy(other));
    const foreign = await refreshBy(free, refresh_token, await provenBy(key));

    expect(retry.json().access_token).toBe(renewed.json().access_token);
    expect(foreign.json().error).toBe('invalid_grant');
    expect(await introspect(stack, free, renewed.json().access_token)).toMatchObject({
      cnf: { jkt: other.jkt },
    });
  });
});

describe('44: a bound token at a resource of ours (RFC 9449 section 7)', () => {
  it('is taken with its proof, by GET and by POST, whatever the case of the scheme', async () => {
    const { access_token } = await userToken(bound);
    const posted = await presentedBy(key, access_token, { method: 'POST' });
    const cased = { ...(await presentedBy(key, access_token)), authorization: `dpop ${access_token}` };

    expect((await userInfo(await presentedBy(key, access_token))).statusCode).toBe(200);
    expect((await userInfo(posted, 'POST')).statusCode).toBe(200);
    expect((await userInfo(cased)).statusCode).toBe(200);
  });

  it('is refused as bearer token, in the header and in the form', async () => {
    const { access_token } = await userToken(bound);

    const header = await userInfo({ authorization: `Bearer ${access_token}` });
    const form = await stack.app.inject({
      method: 'POST',
      url: '/auth/v3/openid/userinfo',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `access_token=${access_token}`,
    });

    for (const answer of [header, form]) {
      expect([answer.statusCode, answer.json().error]).toEqual([401, 'invalid_token']);
      expect(answer.headers['www-authenticate']).toMatch(/^DPoP .*error="invalid_token".*algs="ES256 /);
    }
  });

  it('is refused without a proof, with one for another token or no token, by another key, and the second time', async () => {
    const [{ access_token }, another] = await Promise.all([userToken(bound), userToken(bound)]);
    const headers = await presentedBy(key, access_token);
    const refused = [
      [{ authorization: headers.authorization }, 'invalid_dpop_proof'],
      [await presentedBy(key, access_token, { claims: { ath: undefined } }), 'invalid_dpop_proof'],
      [{ ...headers, authorization: `DPoP ${another.access_token}` }, 'invalid_dpop_proof'],
      [await presentedBy(other, access_token), 'invalid_token'],
      [await presentedBy(key, 'unknown-token'), 'invalid_token'],
    ] as const;
    for (const [given, error] of refused) {
      const answer = await userInfo(given);
      expect([answer.statusCode, answer.json().error]).toEqual([401, error]);
      expect(answer.headers['www-authenticate']).toContain(`error="${error}"`);
    }
    expect((await userInfo(headers)).statusCode).toBe(200);
    expect((await userInfo(headers, 'GET', replica)).json().error).toBe('invalid_dpop_proof');
  });

  it.each(['GET', 'POST'] as const)(
    'is taken as JWT by %s, which names the key, and refused as bearer token',
    async (method) => {
      const client = await createClient(stack, { dpopBoundAccessTokens: true, accessTokenFormat: 'jwt' });
      const { access_token } = await userToken(client);

      expect(decodeJwt(access_token)).toMatchObject({ cnf: { jkt: key.jkt } });
      expect((await userInfo(await presentedBy(key, access_token, { method }), method)).statusCode).toBe(200);
      expect((await userInfo({ authorization: `Bearer ${access_token}` })).json().error).toBe(
        'invalid_token',
      );
      expect((await userInfo(await presentedBy(other, access_token))).json().error).toBe('invalid_token');
    },
  );

  it('of a client itself is bound as JWT too', async () => {
    const manager = await createClient(stack, {
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      dpopBoundAccessTokens: true,
      accessTokenFormat: 'jwt',
    });
    const { access_token } = (await ask(manager, await provenBy(key))).json();
    const path = '/auth/v3/ops/clients';

    expect((await opsCall(stack, 'GET', path, undefined, `Bearer ${access_token}`)).status).toBe(401);
    const headers = await presentedBy(key, access_token, { path });
    expect((await stack.app.inject({ url: path, headers })).statusCode).toBe(200);
  });

  it('a token that is bound to nothing is refused under the scheme DPoP', async () => {
    const { access_token } = (await ask(free)).json();

    expect((await userInfo(await presentedBy(key, access_token))).json().error).toBe('invalid_token');
  });

  it.each([
    ['GET', '/auth/v3/userinfo', 200],
    ['GET', '/auth/v3/ping', 200],
    ['GET', '/auth/v3/sessions', 200],
  ] as const)('%s %s asks for the proof too', async (method, path, status) => {
    const { access_token } = await userToken(bound);
    const call = async (headers: Record<string, string>) =>
      (await stack.app.inject({ method, url: path, headers })).statusCode;

    expect(await call(await presentedBy(key, access_token, { path }))).toBe(status);
    expect(await call({ authorization: `Bearer ${access_token}` })).toBeGreaterThanOrEqual(401);
    expect(await call(await presentedBy(other, access_token, { path }))).toBeGreaterThanOrEqual(401);
  });

  it('administration takes a bound token with its proof alone', async () => {
    const manager = await createClient(stack, {
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      dpopBoundAccessTokens: true,
    });
    const { access_token } = (await ask(manager, await provenBy(key))).json();
    const path = '/auth/v3/ops/clients';
    const call = async (headers: Record<string, string>) =>
      (await stack.app.inject({ url: path, headers })).statusCode;

    expect(await call(await presentedBy(key, access_token, { path }))).toBe(200);
    expect((await opsCall(stack, 'GET', path, undefined, `Bearer ${access_token}`)).status).toBe(401);
  });
});

describe('37: an exchange of a bound token (RFC 8693)', () => {
  const exchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange';
  const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

  it('keeps the binding: neither the requester nor a thief can use what comes out, and no refresh token does', async () => {
    const service = await createClient(stack, {
      authorizedGrantTypes: [exchangeType, 'refresh_token'],
      tokenExchange: { subjectClients: [bound.clientId], refreshTokens: true },
    });
    const { access_token } = await userToken(bound);
    const exchange = (form: Record<string, string>, headers = {}) =>
      postForm(
        stack,
        'token',
        {
          grant_type: exchangeType,
          subject_token: access_token,
          subject_token_type: accessTokenType,
          ...form,
        },
        service,
        headers,
      );
    const answer = await exchange({}, await provenBy(other));
    const exchanged = answer.json();

    expect([answer.status, answer.json<{ token_type: string }>().token_type]).toEqual([200, 'DPoP']);
    expect(await introspect(stack, service, exchanged.access_token)).toMatchObject({ cnf: { jkt: key.jkt } });
    expect((await userInfo(await presentedBy(other, exchanged.access_token))).json().error).toBe(
      'invalid_token',
    );
    expect((await userInfo({ authorization: `Bearer ${exchanged.access_token}` })).statusCode).toBe(401);
    const refreshType = 'urn:ietf:params:oauth:token-type:refresh_token';
    expect((await exchange({ requested_token_type: refreshType })).json().error).toBe('invalid_request');
  });

  it('gives an ID token, which nothing binds, for the proof of the subject token alone', async () => {
    const service = await createClient(stack, {
      authorizedGrantTypes: [exchangeType],
      tokenExchange: { subjectClients: [bound.clientId] },
    });
    const { access_token } = await userToken(bound);
    const exchange = (headers = {}) =>
      exchangeToken(stack, service, access_token, { requested_token_type: urn('id_token') }, headers);

    expect((await exchange(await provenBy(key))).status).toBe(200);
    for (const answer of [await exchange(), await exchange(await provenBy(other))]) {
      expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
      expect(answer.json().error_description).toContain('subject_token');
    }
  });

  it('takes a bound actor_token with its own proof alone: whoever stole it acts for nobody', async () => {
    const desk = await createClient(stack, {
      authorizedGrantTypes: [exchangeType, 'client_credentials'],
      tokenExchange: { subjectClients: [free.clientId], delegation: true },
    });
    const subject = (await passwordTokens(stack, free)).access_token;
    const actor = (await ask(desk, await provenBy(key))).json().access_token;
    const delegate = (headers = {}) =>
      exchangeToken(
        stack,
        desk,
        subject,
        { actor_token: actor, actor_token_type: urn('access_token') },
        headers,
      );

    for (const answer of [await delegate(), await delegate(await provenBy(other))]) {
      expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
      expect(answer.json().error_description).toContain('actor_token is bound');
    }
    const delegated = await delegate(await provenBy(key));
    expect(delegated.status).toBe(200);
    expect(await introspect(stack, desk, delegated.json().access_token)).toMatchObject({
      act: { sub: desk.clientId },
      cnf: { jkt: key.jkt },
    });
  });
});

describe('nonces (RFC 9449 section 8)', () => {
  let strict: AuthApi;
  let skewMs = 0;

  beforeAll(async () => {
    strict = await startAuthApi({
      beside: stack,
      env: { GATEHOUSE_DPOP_REQUIRE_NONCE: 'true' },
      now: () => Date.now() + skewMs,
    });
  });
  afterAll(() => strict?.close());

  const nonceOf = ({ headers }: Pick<OAuthAnswer, 'headers'>) => headers['dpop-nonce'] as string | undefined;

  it('a proof without one is sent back with use_dpop_nonce and the nonce, and then is as good on every replica', async () => {
    const refused = await ask(bound, await provenBy(key), strict);
    const nonce = nonceOf(refused);
    const answer = await ask(bound, await provenBy(key, { nonce, claims: { iat: now() - 3000 } }), strict);

    expect([refused.status, refused.json().error]).toEqual([400, 'use_dpop_nonce']);
    expect(answer.status).toBe(200);
    expect(nonceOf(answer)).toBe(nonce);
    expect((await ask(bound, await provenBy(key, { nonce }), replica)).status).toBe(200);
  });

  it('a resource asks by 401 and WWW-Authenticate', async () => {
    const { access_token } = await userToken(bound);
    const refused = await userInfo(await presentedBy(key, access_token), 'GET', strict);
    const nonce = refused.headers['dpop-nonce'] as string;

    expect([refused.statusCode, refused.json().error]).toEqual([401, 'use_dpop_nonce']);
    expect(refused.headers['www-authenticate']).toContain('error="use_dpop_nonce"');
    expect((await userInfo(await presentedBy(key, access_token, { nonce }), 'GET', strict)).statusCode).toBe(
      200,
    );
  });

  it('old, changed and made-up ones are refused; the assertion that came with one is not used up', async () => {
    const nonce = nonceOf(await ask(bound, await provenBy(key), strict)) ?? '';
    const [time = '', signature = ''] = nonce.split('.');
    const later = (Number.parseInt(time, 36) + 1).toString(36);
    for (const wrong of ['', 'x', `${later}.${signature}`, `${time}.${'A'.repeat(22)}`]) {
      expect((await ask(bound, await provenBy(key, { nonce: wrong }), strict)).json().error).toBe(
        'use_dpop_nonce',
      );
    }
    skewMs = 8 * 60_000;
    const stale = await ask(bound, await provenBy(key, { nonce }), strict);
    skewMs = 0;
    expect(stale.json().error).toBe('use_dpop_nonce');
    expect(nonceOf(stale)).not.toBe(nonce);
  });
});
