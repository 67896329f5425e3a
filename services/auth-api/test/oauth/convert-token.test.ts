import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { createDpopKey, presentedBy, provenBy } from '../stack/dpop.ts';
import { exchangeGrant, exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
import {
  createClient,
  getCode,
  introspect,
  opsCall,
  passwordTokens,
  postForm,
  redeem as redeemCode,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { issuer } from '../stack/signing-client.ts';

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let stack: AuthApi;
let replica: AuthApi;
/** Where the user signs in. */
let portal: TestClient;
/** Whom it hands the user on to. */
let reports: TestClient;
let skewMs = 0;

beforeAll(async () => {
  const now = () => Date.now() + skewMs;
  stack = await startAuthApi({ now });
  replica = await startAuthApi({ beside: stack, now });
  portal = await createClient(stack, {
    authorizedGrantTypes: [
      'password',
      'authorization_code',
      'refresh_token',
      'client_credentials',
      jwtBearer,
    ],
  });
  reports = await createClient(stack, {
    authorizedGrantTypes: [jwtBearer],
    tokenExchange: { subjectClients: [portal.clientId] },
  });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

const get = (path: string, headers: Record<string, string>) =>
  stack.app.inject({ url: `/auth/v3/${path}`, headers });

async function convert(accessToken: string): Promise<string> {
  const answer = await get('oauth/convert-token', { authorization: `Bearer ${accessToken}` });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  return answer.json().jwtToken;
}

const redeem = (assertion: string, by = reports, form: Record<string, string> = {}, at = stack) =>
  token(at, by, { grant_type: jwtBearer, assertion, ...form });

describe('a converted token', () => {
  it('is a JWT for this server, that says who the user is and lives a minute', async () => {
    const user = await passwordTokens(stack, portal, { scope: 'read write' });

    const jwt = await convert(user.access_token);

    const claims = decodeJwt(jwt);
    expect(claims).toMatchObject({
      iss: issuer,
      aud: issuer,
      client_id: portal.clientId,
      user_name: 'demo\\agent',
      contact_center_id: contactCenterId,
      scope: 'read write',
      jti: expect.any(String),
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
    expect(decodeProtectedHeader(jwt).typ).toBe('authorization-grant+jwt');
    expect(await redeem(jwt)).toMatchObject({ status: 200 });
  });

  it('gives the client that it is handed to a token of its own, with no more rights, that ends as the first does', async () => {
    const browser = createBrowser(stack.app);
    const user = (await redeemCode(stack, portal, await getCode(stack, browser, portal))).json();

    const answer = await redeem(await convert(user.access_token), reports, { scope: 'read' });

    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: expect.any(Number),
      scope: 'read',
    });
    expect(answer.json().expires_in).toBeLessThanOrEqual(user.expires_in);
    const given = answer.json().access_token;
    expect(await introspect(stack, reports, given)).toMatchObject({
      active: true,
      client_id: reports.clientId,
      aud: [reports.clientId],
      username: 'demo\\agent',
      grant_type: jwtBearer,
      sid: expect.any(String),
    });
    await browser.postJson('/auth/v3/sign-out', {});
    expect(await introspect(stack, reports, given)).toEqual({ active: false });
  });

  it('may be taken back by the client that converted it', async () => {
    const user = await passwordTokens(stack, portal);
    expect((await redeem(await convert(user.access_token), portal)).status).toBe(200);
  });

  // attack: replay of a converted token | RFC 7523 3 | guard: services/auth-api/src/oauth/token/exchange/converted-tokens.ts
  it('38: counts once, on all replicas, however many bring it at once', async () => {
    const user = await passwordTokens(stack, portal);
    const jwt = await convert(user.access_token);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => redeem(jwt, reports, {}, index % 2 === 0 ? stack : replica)),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 200).map(refusalOf);
    expect(others).toEqual(Array(19).fill([400, 'invalid_grant']));
  });

  it('38: ends with the token that it was made of, before and after it is redeemed', async () => {
    const [first, second] = [await passwordTokens(stack, portal), await passwordTokens(stack, portal)];
    const unredeemed = await convert(first.access_token);
    const redeemed = (await redeem(await convert(second.access_token))).json().access_token;

    for (const { access_token } of [first, second]) {
      await postForm(stack, 'revoke', { token: access_token }, portal);
    }

    expect(refusalOf(await redeem(unredeemed))).toEqual([400, 'invalid_grant']);
    expect(await introspect(stack, reports, redeemed)).toEqual({ active: false });
  });

  it('37: of a token that is bound to a key takes the proof, and gives one that is bound to it as well', async () => {
    const key = await createDpopKey();
    const user = await postForm(
      stack,
      'token',
      { grant_type: 'password', username: 'demo\\agent', password: 'demo-agent-password' },
      portal,
      await provenBy(key),
    );
    const { access_token } = user.json();
    const path = '/auth/v3/oauth/convert-token';

    const stolen = await get('oauth/convert-token', { authorization: `Bearer ${access_token}` });
    const converted = await get('oauth/convert-token', await presentedBy(key, access_token, { path }));
    const answer = await redeem(converted.json().jwtToken);

    expect(stolen.statusCode).toBe(401);
    expect(answer.json<{ token_type: string }>().token_type).toBe('DPoP');
    expect(await introspect(stack, reports, answer.json().access_token)).toMatchObject({
      cnf: { jkt: key.jkt },
    });
  });

  // attack: converted token after its minute | RFC 7523 3 | guard: services/auth-api/src/oauth/token/exchange/converted-tokens.ts
  it('38: is refused after its minute', async () => {
    const user = await passwordTokens(stack, portal);
    const jwt = await convert(user.access_token);
    skewMs = 60_001;
    expect(refusalOf(await redeem(jwt))).toEqual([400, 'invalid_grant']);
    skewMs = 0;
  });

  // attack: converted token of another client | CVE-2022-1245 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('38: is refused to a client whose registration does not name the first one, or of another contact centre', async () => {
    const stranger = await createClient(stack, { authorizedGrantTypes: [jwtBearer] });
    const elsewhere = await createClient(stack, {
      authorizedGrantTypes: [jwtBearer],
      contactCenterIds: [otherContactCenterId],
      tokenExchange: { subjectClients: [portal.clientId] },
    });
    const user = await passwordTokens(stack, portal);

    expect(refusalOf(await redeem(await convert(user.access_token), stranger))).toEqual([
      400,
      'invalid_grant',
    ]);
    expect(refusalOf(await redeem(await convert(user.access_token), elsewhere))).toEqual([
      400,
      'invalid_grant',
    ]);
  });

  it('38: gives no more scope than the token had', async () => {
    const user = await passwordTokens(stack, portal, { scope: 'read' });
    const answer = await redeem(await convert(user.access_token), reports, { scope: 'read write' });
    expect(refusalOf(answer)).toEqual([400, 'invalid_scope']);
  });

  // attack: converted token as access token | RFC 8725 3.11 | guard: services/auth-api/src/keys/signing-keys/signer.ts
  it('41: passes for nothing else, and nothing else passes for it', async () => {
    const user = await passwordTokens(stack, portal, { scope: 'openid' });
    const jwt = await convert(user.access_token);
    const gateway = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [portal.clientId], idTokens: true },
    });

    expect((await get('userinfo', { authorization: `Bearer ${jwt}` })).statusCode).toBe(401);
    for (const type of ['access_token', 'jwt', 'id_token']) {
      const answer = await exchangeToken(stack, gateway, jwt, { subject_token_type: urn(type) });
      expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
    }
    const [head, body] = jwt.split('.');
    for (const assertion of [user.id_token, user.access_token, 'made-up', '', `${head}.${body}.AAAA`]) {
      const answer = await redeem(assertion);
      expect(refusalOf(answer)).toEqual([400, assertion === '' ? 'invalid_request' : 'invalid_grant']);
    }
  });

  it('leaves a security event of success and of refusal', async () => {
    const user = await passwordTokens(stack, portal);
    const jwt = await convert(user.access_token);
    await redeem(jwt);
    await redeem(jwt);

    const names = async () => {
      const { rows } = await stack.deps.stores.pool.query<{ name: string }>(
        'SELECT name FROM auth.audit_events WHERE client_id = $1',
        [reports.clientId],
      );
      return rows.map(({ name }) => name);
    };
    await expect
      .poll(names, { timeout: 10_000 })
      .toEqual(expect.arrayContaining(['assertion_accepted', 'token_refused']));
  });

  it('stores nothing that can be read: the token behind it is sealed under its jti', async () => {
    const user = await passwordTokens(stack, portal);
    const jwt = await convert(user.access_token);
    const { keyspace, redis } = stack.deps.core;
    const keys = await redis.keys(`${keyspace.name('converted')}*`);
    const values = await Promise.all(keys.map((key) => redis.get(key)));

    expect(values.length).toBeGreaterThan(0);
    expect(JSON.stringify([keys, values])).not.toContain(user.access_token);
    expect(JSON.stringify([keys, values])).not.toContain(decodeJwt(jwt).jti);
  });
});

describe('convert-token refuses', () => {
  it("a request without a token, with a wrong one, and a client's own token", async () => {
    const own = (await token(stack, portal, { grant_type: 'client_credentials' })).json().access_token;
    const statuses = [];
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: `Bearer ${own}` }]) {
      const answer = await get('oauth/convert-token', headers as Record<string, string>);
      statuses.push([answer.statusCode, answer.json().error]);
    }
    expect(statuses).toEqual([
      [401, 'unauthorized'],
      [401, 'invalid_token'],
      [403, 'insufficient_scope'],
    ]);
  });
});

describe('jwt-userinfo', () => {
  it('answers the envelope, and the user as a JWT of a minute in X-GWS-User', async () => {
    const user = await passwordTokens(stack, portal);
    const answer = await get('jwt-userinfo', {
      authorization: `Bearer ${user.access_token}`,
      'content-type': 'application/json',
    });

    expect([answer.statusCode, answer.json()]).toEqual([200, { status: { code: 0 } }]);
    const jwt = String(answer.headers['x-gws-user']);
    const claims = await stack.deps.signingKeys.signer.recognize(jwt, { typ: 'userinfo+jwt' });
    expect(claims).toMatchObject({
      iss: issuer,
      aud: portal.clientId,
      username: 'demo\\agent',
      contactCenterId,
      dbid: 101,
    });
    expect((claims?.exp ?? 0) - (claims?.iat ?? 0)).toBe(60);
    expect(refusalOf(await redeem(jwt))).toEqual([400, 'invalid_grant']);
  });

  it('gives nothing without a token of a user', async () => {
    const answer = await get('jwt-userinfo', {});
    expect([answer.statusCode, answer.headers['x-gws-user']]).toEqual([401, undefined]);
  });
});

describe('an internal client', () => {
  it('shows and has the two grants, while its allow-list still decides', async () => {
    const internal = await createClient(stack, {
      internalClient: true,
      authorizedGrantTypes: ['client_credentials'],
    });
    const stored = await opsCall(stack, 'GET', `/auth/v3/ops/clients/${internal.clientId}`);
    const user = await passwordTokens(stack, portal);

    expect(stored.json<{ data: { authorizedGrantTypes: string[] } }>().data.authorizedGrantTypes).toEqual([
      'client_credentials',
      exchangeGrant,
      jwtBearer,
    ]);
    expect(refusalOf(await redeem(await convert(user.access_token), internal))).toEqual([
      400,
      'invalid_grant',
    ]);
    expect(refusalOf(await exchangeToken(stack, internal, user.access_token))).toEqual([
      400,
      'invalid_request',
    ]);
  });
});
