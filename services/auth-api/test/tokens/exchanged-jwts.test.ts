/** What an exchanged JWT leaves to Redis, and what it is worth without it. */
import { randomUUID } from 'node:crypto';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { exchangeGrant, exchangeToken } from '../stack/exchange.ts';
import {
  changeClient,
  createClient,
  getCode,
  introspect,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  type TestClient,
} from '../stack/oauth.ts';

let api: AuthApi;
let other: AuthApi;
let portal: TestClient;
let reader: TestClient;
beforeAll(async () => {
  api = await startAuthApi();
  other = await startAuthApi({ beside: api });
  portal = await createClient(api, { accessTokenFormat: 'jwt' });
  reader = await createClient(api, { internalClient: true });
});
afterAll(async () => {
  await other?.close();
  await api?.close();
});

const partnerOf = (subject: TestClient, data: Record<string, unknown> = {}) =>
  createClient(api, {
    accessTokenFormat: 'jwt',
    authorizedGrantTypes: [exchangeGrant],
    tokenExchange: { subjectClients: [subject.clientId] },
    ...data,
  });
const exchanged = async (by: TestClient, subject: string): Promise<string> => {
  const answer = await exchangeToken(api, by, subject);
  expect(answer.status, answer.body).toBe(200);
  return answer.json().access_token;
};
const isActive = async (token: string, at = api) => (await introspect(at, reader, token))['active'];
const contextKeyOf = async (token: string) => {
  const [key = ''] = await api.deps.stores.redis.keys(`*context:{${sha256(decodeJwt(token).jti ?? '')}}`);
  return key;
};

/** A token of a person with these groups who has signed in at a browser. */
async function tokenWithGroups(groups: readonly string[]): Promise<string> {
  const code = await getCode(api, createBrowser(api.app), portal);
  const { access_token: plain } = (await redeem(api, portal, code)).json();
  const record = (await api.deps.tokens.access.find(plain))?.record();
  const client = await api.deps.clients.directory.find(portal.clientId);
  if (record?.identity === undefined || client === undefined) throw new Error('no person or client');
  const { identity, session, authorizedAtMs, familyId = '', clientId, grantType, scope, audience } = record;
  const authorities = ['ROLE_USER', ...groups].map((name) => ({ name, privileges: [] }));
  const grant = { familyId, clientId, grantType, scope, audience, session, authorizedAtMs };
  const issued = await api.deps.tokens.userTokenIssuer.issue(
    client,
    { ...grant, identity: { ...identity, authorities } },
    undefined,
  );
  return issued.access_token;
}

describe('a JWT after two exchanges', () => {
  const groups = Array.from({ length: 20 }, (_, index) => `GROUP_Agents_Site_${index + 10}`);

  it('has at most 1 800 bytes for a person with 20 groups, and says what the long form says', async () => {
    const named = () => ({ client_id: randomUUID() });
    const middle = await partnerOf(portal, named());
    const first = await exchanged(middle, await tokenWithGroups(groups));
    const [last, long] = [
      await partnerOf(middle, named()),
      await partnerOf(middle, { ...named(), shortExchangedTokens: false }),
    ];
    const [short, whole] = [await exchanged(last, first), await exchanged(long, first)];

    expect(short.length).toBeLessThanOrEqual(1800);
    expect(decodeJwt(short)['authorities']).toEqual(['ROLE_USER', ...groups]);
    const answerOf = async (token: string, at: AuthApi) => {
      const {
        jti: _jti,
        client_id: _client,
        aud: _aud,
        iat: _iat,
        exp: _exp,
        ...answer
      } = await introspect(at, reader, token);
      return answer;
    };
    for (const at of [api, other]) {
      expect(await answerOf(short, at)).toMatchObject({ active: true, username: 'demo\\agent' });
      expect(await answerOf(short, at)).toEqual(await answerOf(whole, at));
    }
  });

  it('shows nobody else who the user is, and serves at userinfo', async () => {
    const token = await exchanged(await partnerOf(portal), (await passwordTokens(api, portal)).access_token);
    expect(decodeJwt(token)['ctx']).toBe('kept');
    const answer = await api.app.inject({
      url: '/auth/v3/userinfo',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().authorities).toContainEqual({ name: 'ROLE_AGENT', privileges: [] });
  });
});

describe('what Redis keeps of a short exchanged JWT', () => {
  it('lives as long as the token, and goes when the token is revoked', async () => {
    const partner = await partnerOf(portal);
    const token = await exchanged(partner, (await passwordTokens(api, portal)).access_token);
    const key = await contextKeyOf(token);
    const { exp = 0 } = decodeJwt(token);
    const endsAtMs = Date.now() + (await api.deps.stores.redis.pttl(key));
    expect(Math.abs(endsAtMs - exp * 1000)).toBeLessThan(2000);

    await postForm(api, 'revoke', { token }, partner);

    expect(await api.deps.stores.redis.exists(key)).toBe(0);
    expect([await isActive(token), await isActive(token, other)]).toEqual([false, false]);
  });

  // attack: exchanged JWT without what Redis kept of it, so that nothing ends it | RFC 7662 2.2, ASVS 16.5.3 (fail securely) | guard: services/auth-api/src/tokens/jwt-access-token.ts
  it('is missed when it is gone: the token is inactive, and refused for another exchange and at userinfo', async () => {
    const partner = await partnerOf(portal);
    const next = await partnerOf(partner);
    const token = await exchanged(partner, (await passwordTokens(api, portal)).access_token);
    expect(await isActive(token)).toBe(true);

    await api.deps.stores.redis.del(await contextKeyOf(token));

    expect(await introspect(api, reader, token)).toEqual({ active: false });
    const refused = await exchangeToken(api, next, token);
    expect([refused.status, refused.json().error]).toEqual([400, 'invalid_request']);
    const userinfo = await api.app.inject({
      url: '/auth/v3/openid/userinfo',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(userinfo.statusCode).toBe(401);
  });

  it.each([
    ['its parent', (subject: string) => postForm(api, 'revoke', { token: subject }, portal)],
    [
      'the client of its parent',
      async () => {
        await opsCall(api, 'DELETE', `/auth/v3/ops/clients/${portal.clientId}`);
        portal = await createClient(api, { accessTokenFormat: 'jwt' });
      },
    ],
    [
      'its user',
      (subject: string) =>
        api.deps.revocation.revocations.revoke({ kind: 'sub', id: decodeJwt(subject).sub ?? '' }),
    ],
  ])('ends the token with %s', async (_what, end) => {
    const middle = await partnerOf(portal);
    const subject = (await passwordTokens(api, portal)).access_token;
    const token = await exchanged(await partnerOf(middle), await exchanged(middle, subject));
    expect([await isActive(token), await isActive(token, other)]).toEqual([true, true]);

    await end(subject);

    expect(await isActive(token)).toBe(false);
    await vi.waitFor(async () => expect(await isActive(token, other)).toBe(false));
  });
});

it('the long form is read for ever, also when its client has switched to the short one', async () => {
  const partner = await partnerOf(portal, { shortExchangedTokens: false });
  const before = await exchanged(partner, (await passwordTokens(api, portal)).access_token);
  expect(await contextKeyOf(before)).toBe('');

  expect((await changeClient(api, partner, { shortExchangedTokens: true })).status).toBe(200);
  const after = await exchanged(partner, (await passwordTokens(api, portal)).access_token);

  expect(after.length).toBeLessThan(before.length - 1000);
  for (const token of [before, after]) expect(await isActive(token)).toBe(true);
});
