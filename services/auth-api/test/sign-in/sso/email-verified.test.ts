/** Whether an application learns that an e-mail address was verified: only an identity provider can say so. */
import { contactCenterAdminAuthority } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import {
  authorizeUrl,
  createClient,
  introspect,
  passwordTokens,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../../stack/oauth.ts';
import { type HostileProvider, startHostileProvider } from './stack/hostile-provider.ts';
import { callbackUri, localTrial, setSignOn } from './stack/sign-on.ts';

let stack: AuthApi;
let provider: HostileProvider;
let client: TestClient;

beforeAll(async () => {
  [stack, provider] = await Promise.all([
    startAuthApi({ env: { ...localTrial, GATEHOUSE_REFRESH_PERSON_FRESH_MS: '0' } }),
    startHostileProvider(),
  ]);
  client = await createClient(stack);
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));

async function userinfo(accessToken: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await stack.app.inject({ url: '/auth/v3/openid/userinfo', headers })).json();
}

async function signInThere(claims: Record<string, unknown>) {
  provider.behave();
  provider.lies = { claims };
  await setSignOn(stack, {
    id: contactCenterId,
    oidc: { issuer: provider.issuer, clientId: 'gatehouse' },
    clientSecret: 'provider-secret',
  });
  const browser = createBrowser(stack.app);
  const there = await browser.get('/auth/v3/sso/start?tenant=demo');
  const { searchParams } = new URL(there.location ?? '');
  const back = { state: searchParams.get('state') ?? '', code: searchParams.get('nonce') ?? '' };
  await browser.get(`${callbackUri}?${new URLSearchParams(back)}`);
  const answer = await browser.get(authorizeUrl(client, { scope: 'openid email' }));
  return (await redeem(stack, client, responseOf(answer).get('code') ?? '')).json();
}

describe('email_verified', () => {
  it('carries over from the identity provider, and through a refresh', async () => {
    const tokens = await signInThere({ email: 'Agent@example.com', email_verified: true });
    expect(await userinfo(tokens.access_token)).toMatchObject({
      email: 'agent@example.com',
      email_verified: true,
    });
    const renewed = await token(stack, client, {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
    });
    expect(await userinfo(renewed.json().access_token)).toMatchObject({ email_verified: true });
  });

  // attack: address that nobody verified is passed on as verified | OpenID Connect Core 5.7, ASVS 10.5.2 | guard: services/auth-api/src/sign-in/sso/asserted-person.ts
  it.each([
    ['it does not say so', { email: 'agent@example.com' }],
    ['it denies it', { email: 'agent@example.com', email_verified: false }],
    ['it verified another address', { email: 'somebody@example.com', email_verified: true }],
    ['it names no address', { email_verified: true }],
  ])('is absent where %s', async (_name, claims) => {
    const { access_token } = await signInThere(claims);
    const shown = await userinfo(access_token);
    expect(shown['email']).toBe('agent@example.com');
    expect(shown).not.toHaveProperty('email_verified');
  });

  it('ends when the Configuration Server has another address', async () => {
    const tokens = await signInThere({ email: 'agent@example.com', email_verified: 'true' });
    const { store } = stack.simulator;
    const dbid = store.personNamed('agent')?.['DBID'] as number;
    await store.updatePerson(dbid, { emailAddress: 'new@example.com' });
    try {
      const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      const renewed = await token(stack, client, form);
      const shown = await userinfo(renewed.json().access_token);
      expect(shown['email']).toBe('new@example.com');
      expect(shown).not.toHaveProperty('email_verified');
    } finally {
      await store.updatePerson(dbid, { emailAddress: 'agent@example.com' });
    }
  });

  it('is absent after a password, about which the Configuration Server says nothing', async () => {
    await setSignOn(stack, { id: contactCenterId });
    const { access_token } = await passwordTokens(stack, client, { scope: 'openid email' });
    expect(await userinfo(access_token)).not.toHaveProperty('email_verified');
  });
});

it('authorities, roles and groups that an OpenID provider asserts give no authority', async () => {
  const rights = [installationAdminAuthority, contactCenterAdminAuthority];
  const tokens = await signInThere({ authorities: rights, roles: rights, groups: rights });
  const { authorities } = await introspect(stack, client, tokens.access_token);
  for (const right of rights) expect(authorities).not.toContain(right);
  expect(authorities).toContain('ROLE_USER');
});
