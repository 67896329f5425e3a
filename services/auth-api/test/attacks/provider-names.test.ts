import { sha256 } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type HostileProvider,
  logoutTokenOf,
  startHostileProvider,
} from '../sign-in/sso/stack/hostile-provider.ts';
import { callbackUriOf, localTrial, setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import { type AuthApi, contactCenterId, demoContactCenter, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';

const [ours, theirs] = ['demo', 'apart'];
const theirContactCenterId = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const idOf = { [ours]: contactCenterId, [theirs]: theirContactCenterId };

let stack: AuthApi;
let provider: HostileProvider;
/** Set by the administrator of the other contact centre, under the name of ours. */
let impostor: HostileProvider;

beforeAll(async () => {
  [stack, provider, impostor] = await Promise.all([
    startAuthApi({ env: localTrial }),
    startHostileProvider(),
    startHostileProvider(),
  ]);
  const subjectScope = 'contactCenter';
  const theirContactCenter = { ...demoContactCenter, id: theirContactCenterId, domains: [theirs] };
  stack.environmentApi.contactCenters.set(theirContactCenterId, { ...theirContactCenter, subjectScope });
});
afterAll(() => Promise.all([stack?.close(), provider?.close(), impostor?.close()]));

const isIn = async (browser: Browser) => (await browser.get('/auth/v3/ping')).status === 200;

const use = (id: string, by: HostileProvider) =>
  setSignOn(stack, {
    id,
    oidc: {
      issuer: provider.issuer,
      authorizationEndpoint: `${by.issuer}/authorize`,
      tokenEndpoint: `${by.issuer}/token`,
      jwksUri: `${by.issuer}/jwks`,
      clientId: 'gatehouse',
      scopes: ['openid'],
    },
    clientSecret: 'secret',
  });

async function signIn(tenant: string, by: HostileProvider, names: { sub: string; sid?: string }) {
  by.lies = { claims: { iss: provider.issuer, ...names } };
  const browser = createBrowser(stack.app);
  const leaving = await browser.get(`/auth/v3/sso/start?tenant=${tenant}`);
  const { searchParams } = new URL(leaving.location ?? '');
  const back = { state: searchParams.get('state') ?? '', code: searchParams.get('nonce') ?? '' };
  await browser.get(`${callbackUriOf(idOf[tenant] ?? '')}?${new URLSearchParams(back)}`);
  expect(await isIn(browser)).toBe(true);
  return browser;
}

/** @returns the status of the answer */
async function sendLogoutToken(by: HostileProvider, claims: Record<string, unknown>): Promise<number> {
  const token = await logoutTokenOf(provider, by, claims);
  const answer = await stack.app.inject({
    method: 'POST',
    url: '/auth/v3/sso/oidc/backchannel-logout',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ logout_token: token }).toString(),
  });
  return answer.statusCode;
}

/** Where the release before lists the sessions of all contact centres together. */
async function formerListOf(kind: 'subject' | 'session', name: string): Promise<string> {
  const parts = ['oidc', provider.issuer, 'gatehouse', kind, name];
  const { redis } = stack.deps.stores;
  const [key = ''] = await redis.keys(`*sso-sessions:{${sha256(JSON.stringify(parts))}}`);
  return key;
}

describe('a logout token of an identity provider', () => {
  beforeEach(async () => {
    await use(contactCenterId, provider);
    await use(theirContactCenterId, impostor);
  });

  // attack: logout token by the keys of another contact centre that names the same provider | Back-Channel Logout 1.0 2.6, CWE-639 | guard: services/auth-api/src/sign-in/sso/provider-sessions/provider-sessions.ts
  it('ends sessions of the contact centre that trusts its key, and no others', async () => {
    const names = { sub: 'pursued', sid: 'pursued-sid' };
    const attacker = await signIn(theirs, impostor, names);
    const victim = await signIn(ours, provider, names);
    for (const named of [names, { sub: names.sub }, { sid: names.sid }]) {
      const jti = `${Math.random()}`;
      expect(await sendLogoutToken(impostor, { ...named, jti })).toBe(200);
      expect([await isIn(attacker), await isIn(victim)]).toEqual([false, true]);
    }
  });

  // attack: logout of the provider refused because another contact centre has a session of the same name | Back-Channel Logout 1.0 2.6, CWE-639 | guard: services/auth-api/src/sign-in/sso/oidc/logout.ts
  it('is not refused, forgotten or used up by another contact centre', async () => {
    const jti = 'chosen';
    await signIn(theirs, impostor, { sub: 'used-before' });
    expect(await sendLogoutToken(impostor, { sub: 'used-before', jti })).toBe(200);
    const named = { sub: 'shadowed' };
    const attacker = await signIn(theirs, impostor, named);
    const victim = await signIn(ours, provider, named);
    // The list of the release before has room for a hundred, which the other contact centre can fill.
    await stack.deps.stores.redis.del(await formerListOf('subject', named.sub));
    expect(await sendLogoutToken(provider, { ...named, jti })).toBe(200);
    expect([await isIn(attacker), await isIn(victim)]).toEqual([true, false]);
    expect(await sendLogoutToken(provider, { ...named, jti })).toBe(400);
  });

  it('is sent again where the keys of one contact centre cannot be read, and ends what it can', async () => {
    const named = { sub: 'half-known' };
    const other = await signIn(theirs, impostor, named);
    const one = await signIn(ours, provider, named);
    await setSignOn(stack, { id: theirContactCenterId, oidc: { issuer: 'http://127.0.0.1:9' } });
    expect(await sendLogoutToken(provider, named)).toBe(503);
    expect([await isIn(other), await isIn(one)]).toEqual([true, false]);
  });

  it('ends the sessions of each contact centre that trusts the provider', async () => {
    await use(theirContactCenterId, provider);
    const named = { sub: 'of-both' };
    const browsers = [await signIn(ours, provider, named), await signIn(theirs, provider, named)];
    expect(await sendLogoutToken(provider, named)).toBe(200);
    expect(await Promise.all(browsers.map(isIn))).toEqual([false, false]);
  });

  it('ends sessions that the release before has listed, each by the settings of its own contact centre', async () => {
    const named = { sub: 'of-before' };
    const attacker = await signIn(theirs, impostor, named);
    const victim = await signIn(ours, provider, named);
    const { redis } = stack.deps.stores;
    const former = await formerListOf('subject', named.sub);
    const lists = [...(await redis.keys('*sso-sessions:*')), ...(await redis.keys('*sso-contact-centers:*'))];
    for (const list of lists) if (list !== former) await redis.del(list);
    expect(await sendLogoutToken(impostor, named)).toBe(200);
    expect([await isIn(attacker), await isIn(victim)]).toEqual([false, true]);
    expect(await sendLogoutToken(provider, named)).toBe(200);
    expect(await isIn(victim)).toBe(false);
  });
});
