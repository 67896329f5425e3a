import { setImmediate as turn } from 'node:timers/promises';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  ops,
  otherContactCenterId,
  publicUrl,
  startAuthApi,
} from '../stack/auth-api.ts';
import { exchangeGrant, exchangeToken } from '../stack/exchange.ts';
import { agent } from '../stack/interaction.ts';
import {
  token as askToken,
  changeClient,
  createClient,
  introspect,
  opsCall,
  postForm,
  type TestClient,
} from '../stack/oauth.ts';

const issuer = `${publicUrl}/auth/v3`;
const jwt = { accessTokenFormat: 'jwt' };
let api: AuthApi;
let other: AuthApi;

beforeAll(async () => {
  api = await startAuthApi();
  other = await startAuthApi({ beside: api });
});
afterAll(async () => {
  await other?.close();
  await api?.close();
});

async function tokens(client: TestClient, form: Record<string, string>) {
  const answer = await askToken(api, client, form);
  expect(answer.status, answer.body).toBe(200);
  return answer.json();
}
const own = async (client: TestClient) =>
  (await tokens(client, { grant_type: 'client_credentials' })).access_token;
const ofUser = (client: TestClient) =>
  tokens(client, {
    grant_type: 'password',
    username: `demo\\${agent.username}`,
    password: agent.password,
    scope: 'openid calls:read',
  });
const refresh = (client: TestClient, refreshToken: string) =>
  askToken(api, client, { grant_type: 'refresh_token', refresh_token: refreshToken });
const isActive = async (token: string, client: TestClient, at = api) =>
  (await introspect(at, client, token))['active'];
const revoke = (token: string, client: TestClient) => postForm(api, 'revoke', { token }, client);
const userinfo = (token: string, path = 'openid/userinfo') =>
  api.app.inject({ url: `/auth/v3/${path}`, headers: { authorization: `Bearer ${token}` } });

describe('a JWT access token (RFC 9068)', () => {
  it.each([
    ['RS256', {}],
    ['ES256', { accessTokenSignedResponseAlg: 'ES256' }],
    ['EdDSA', { accessTokenSignedResponseAlg: 'EdDSA' }],
  ])('signed with %s is verified by a resource server with the key set alone', async (alg, data) => {
    const client = await createClient(api, { ...jwt, ...data, scope: ['calls:read'] });
    const before = Math.floor(Date.now() / 1000);
    const token = await own(client);
    const keySet = (await api.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>();

    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keySet), {
      issuer,
      audience: issuer,
      typ: 'at+jwt',
      requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
    });
    expect(protectedHeader).toMatchObject({ alg, typ: 'at+jwt' });
    expect(payload).toMatchObject({ sub: client.clientId, client_id: client.clientId, scope: 'calls:read' });
    expect(payload.iat).toBeGreaterThanOrEqual(before);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(43_200);
    expect(await own(client)).not.toBe(token);
  });

  it('leaves nothing in Redis when it is issued, and says of itself what introspection says of it', async () => {
    const client = await createClient(api, {
      ...jwt,
      authorizedGrantTypes: ['client_credentials', 'password'],
    });
    const keysBefore = (await api.deps.stores.redis.keys('*access:*')).length;
    const [clients, users] = [await own(client), (await ofUser(client)).access_token];

    expect(await api.deps.stores.redis.keys('*access:*')).toHaveLength(keysBefore);
    for (const token of [clients, users]) {
      const { ctx: _sealed, auth_time: _time, amr: _amr, ...claims } = decodeJwt(token);
      expect(await introspect(api, client, token)).toEqual({
        active: true,
        token_type: 'bearer',
        ...claims,
        aud: [claims.aud],
      });
    }
    expect(decodeJwt(users)).toMatchObject({ username: 'demo\\agent', contact_center_id: contactCenterId });
  });

  it('serves at userinfo and shows nobody else who the user is', async () => {
    const client = await createClient(api, jwt);
    const opaque = await createClient(api);
    const [token, reference] = [(await ofUser(client)).access_token, (await ofUser(opaque)).access_token];

    expect(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).not.toMatch(
      /given_name|firstName|loginName|familyId/,
    );
    for (const path of ['openid/userinfo', 'userinfo']) {
      const [got, expected] = [await userinfo(token, path), await userinfo(reference, path)];
      expect(got.statusCode).toBe(200);
      expect({ ...got.json(), aud: '' }).toEqual({ ...expected.json(), aud: '' });
    }
  });

  it('administers with the right authority, as an opaque one does', async () => {
    const data = { ...jwt, authorities: ['ROLE_MANAGEMENT_APPLICATION'], internalClient: true };
    const token = await own(await createClient(api, data));
    const list = (bearer: string) =>
      opsCall(api, 'GET', '/auth/v3/ops/clients', undefined, `Bearer ${bearer}`);
    expect((await list(token)).status).toBe(200);
    expect((await list(await own(await createClient(api, jwt)))).status).toBe(403);
  });

  it('is hidden from clients of other contact centres, like an opaque one', async () => {
    const client = await createClient(api, jwt);
    const stranger = await createClient(api, { contactCenterIds: [otherContactCenterId] });
    const token = (await ofUser(client)).access_token;
    expect(await isActive(token, client)).toBe(true);
    expect(await introspect(api, stranger, token)).toEqual({ active: false });
  });
});

describe('41: what is no access token of ours is refused as one', () => {
  // attack: JWT access token changed, of another type or of a removed key | RFC 8725 3.1, ASVS 9.1.1 | guard: services/auth-api/src/keys/signing-keys/signer.ts
  it('an ID token, a changed token, one signed by a removed key, and one that has expired', async () => {
    const client = await createClient(api, { ...jwt, accessTokenSignedResponseAlg: 'EdDSA' });
    const { access_token: token, id_token: idToken } = await ofUser(client);
    const [head, body, signature = ''] = token.split('.');
    const changed = { ...decodeJwt(token), scope: 'everything' };
    const encoded = Buffer.from(JSON.stringify(changed)).toString('base64url');

    for (const wrong of [
      idToken,
      `${head}.${encoded}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      `${head}.${body}.`,
      `${token}.`,
      `${token}x`,
    ]) {
      expect(await introspect(api, client, wrong), wrong.slice(-40)).toEqual({ active: false });
      expect((await userinfo(wrong)).statusCode).toBe(401);
    }
    const { kid } = decodeProtectedHeader(token);
    expect(await isActive(token, client, other)).toBe(true);
    await opsCall(api, 'DELETE', `/auth/v3/ops/signing-keys/${kid}`);
    expect(await isActive(token, client)).toBe(false);
    await vi.waitFor(async () => expect(await isActive(token, client, other)).toBe(false));
  });

  // attack: JWT access token after its end | ASVS 9.2.1 | guard: services/auth-api/src/tokens/access-tokens.ts
  it('one whose life is over', async () => {
    let aheadMs = 0;
    const later = await startAuthApi({ beside: api, now: () => Date.now() + aheadMs });
    try {
      const client = await createClient(api, { ...jwt, accessTokenExpirationTimeout: 60 });
      const token = await own(client);
      expect(await isActive(token, client, later)).toBe(true);
      aheadMs = 61_000;
      expect(await isActive(token, client, later)).toBe(false);
    } finally {
      await later.close();
    }
  });
});

describe('a JWT access token is revoked before it expires', () => {
  it('by its client alone: everywhere at once, and again without harm', async () => {
    const client = await createClient(api, jwt);
    const stranger = await createClient(api, { internalClient: true });
    const [token, untouched] = [await own(client), await own(client)];

    await revoke(token, stranger);
    expect(await isActive(token, client)).toBe(true);
    for (const _time of [1, 2]) expect((await revoke(token, client)).status).toBe(200);

    for (const at of [api, other]) {
      expect(await isActive(token, client, at)).toBe(false);
      expect(await isActive(untouched, client, at)).toBe(true);
    }
    const kept = await api.deps.stores.redis.keys('*ended:*');
    const livesMs = await Promise.all(kept.map((key) => api.deps.stores.redis.pttl(key)));
    for (const lifeMs of livesMs) expect(lifeMs).toBeGreaterThan(0);
  });

  // attack: JWT access token of a revoked family | ASVS 10.4.9 | guard: services/auth-api/src/tokens/access-tokens.ts
  it('with its family, when the refresh token is revoked or used twice', async () => {
    const client = await createClient(api, jwt);
    const first = await ofUser(client);
    await revoke(first.refresh_token, client);
    expect(await isActive(first.access_token, client)).toBe(false);

    const second = await ofUser(client);
    const third = (await refresh(client, second.refresh_token)).json();
    const fourth = (await refresh(client, third.refresh_token)).json();
    expect((await refresh(client, second.refresh_token)).status).toBe(400);
    for (const { access_token: token } of [second, third, fourth]) {
      expect(await isActive(token, client)).toBe(false);
    }
  });

  it('with its client, and with the rights that its client loses; what is issued a moment later counts', async () => {
    const client = await createClient(api, { ...jwt, authorities: ['ROLE_ONE', 'ROLE_TWO'] });
    const token = await own(client);
    await changeClient(api, client, { authorities: ['ROLE_ONE'] });
    expect(await isActive(token, client)).toBe(false);
    // Within the same second, which iat alone could not tell apart.
    await vi.waitFor(async () => {
      await turn();
      expect(await isActive(await own(client), client)).toBe(true);
    });
    const reader = await createClient(api, { internalClient: true });
    const last = await own(client);
    await opsCall(api, 'DELETE', `/auth/v3/ops/clients/${client.clientId}`);
    expect(await isActive(last, reader)).toBe(false);
  });

  it('with the user, who is signed out everywhere', async () => {
    const client = await createClient(api, jwt);
    const token = (await ofUser(client)).access_token;
    await api.deps.revocation.revocations.revoke({ kind: 'sub', id: decodeJwt(token).sub ?? '' });
    expect(await isActive(token, client)).toBe(false);
    await vi.waitFor(async () => expect(await isActive(token, client, other)).toBe(false));
  });
});

describe('an honest retry of a refresh', () => {
  it('gets the same token: its seal is another one, but revoking either text ends both', async () => {
    const client = await createClient(api, jwt);
    const { refresh_token } = await ofUser(client);
    const [first, again] = [
      (await refresh(client, refresh_token)).json(),
      (await refresh(client, refresh_token)).json(),
    ];
    const claimsOf = (text: string) => ({ ...decodeJwt(text), ctx: '' });
    expect(claimsOf(again.access_token)).toEqual(claimsOf(first.access_token));
    expect(again.refresh_token).toBe(first.refresh_token);
    await revoke(again.access_token, client);
    expect(await isActive(first.access_token, client)).toBe(false);
  });
});

describe('token exchange with JWTs', () => {
  it.each([
    ['JWT', 'JWT', jwt, jwt],
    ['an opaque token', 'a JWT', {}, jwt],
    ['a JWT', 'an opaque token', jwt, {}],
  ])('of %s for %s: what was made from a token ends with it', async (_from, _to, subjectFormat, format) => {
    const subjectClient = await createClient(api, subjectFormat);
    const middle = await createClient(api, {
      ...format,
      authorizedGrantTypes: [exchangeGrant, 'client_credentials'],
      tokenExchange: { subjectClients: [subjectClient.clientId], audiences: [] },
    });
    const last = await createClient(api, {
      ...jwt,
      authorizedGrantTypes: [exchangeGrant, 'client_credentials'],
      tokenExchange: { subjectClients: [middle.clientId], audiences: [] },
    });
    const exchange = async (client: TestClient, subjectToken: string) =>
      (await exchangeToken(api, client, subjectToken)).json().access_token;
    const subject = (await ofUser(subjectClient)).access_token;
    const first = await exchange(middle, subject);
    const second = await exchange(last, first);
    const reader = await createClient(api, { internalClient: true });
    expect((await introspect(api, reader, second))['username']).toBe('demo\\agent');

    await revoke(subject, subjectClient);
    for (const token of [subject, first, second]) expect(await isActive(token, reader)).toBe(false);
  });
});

describe('a user with very many roles', () => {
  it('still gets a JWT, or a clear answer', async () => {
    const client = await createClient(api, jwt);
    const token = (await ofUser(client)).access_token;
    const stored = await api.deps.tokens.access.find(token);
    const record = stored?.record();
    if (record?.identity === undefined) throw new Error('no user');
    const authorities = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        name: `ROLE_${index}`,
        privileges: Array.from({ length: 10 }, (__, privilege) => `PRIVILEGE_${index}_${privilege}`),
      }));
    const registered = await api.deps.clients.directory.find(client.clientId);
    const grant = (count: number) => ({
      familyId: record.familyId ?? '',
      clientId: client.clientId,
      grantType: 'password',
      scope: ['calls:read'],
      audience: [],
      identity: { ...record.identity, authorities: authorities(count) } as never,
      authorizedAtMs: record.authorizedAtMs,
    });
    if (registered === undefined) throw new Error('no client');
    const large = await api.deps.tokens.userTokenIssuer.issue(registered, grant(100), undefined);
    expect((await userinfo(large.access_token, 'userinfo')).json().authorities).toEqual(authorities(100));
    await expect(api.deps.tokens.userTokenIssuer.issue(registered, grant(2000), undefined)).rejects.toThrow(
      'too large',
    );
  });
});

it('operators introspect JWTs too', async () => {
  const token = await own(await createClient(api, jwt));
  const answer = await api.app.inject({
    method: 'POST',
    url: '/auth/v3/oauth/introspect',
    headers: {
      authorization: basicAuthorization(ops.username, ops.password),
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ token }).toString(),
  });
  expect(answer.json()).toMatchObject({ active: true, jti: decodeJwt(token).jti });
});
