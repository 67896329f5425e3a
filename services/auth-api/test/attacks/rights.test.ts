/** People who come in by a way that is not that of the administrator whose name they have. */
import { consoleClientId, consolePath } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { passwordWay, providerWay } from '@gatehouse/contracts/values';
import { consoleClientSecrets, randomUuid, Secret } from '@gatehouse/service-kit/crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/core/assurance/proof.ts';
import { type HostileProvider, startHostileProvider } from '../sign-in/sso/stack/hostile-provider.ts';
import { callbackUri, localTrial, setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import { type AuthApi, contactCenterId, publicUrl, serviceClient, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { addAdministrator, consoleToken, removeAdministrator } from '../stack/console.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  introspect,
  opsCall,
  redeem,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';
import { requireFactors } from '../stack/second-factor.ts';

const console: TestClient = {
  clientId: consoleClientId,
  clientSecret: consoleClientSecrets(new Secret(serviceClient.secret))[0],
  redirectUri: `${publicUrl}${consolePath}/callback`,
};

let stack: AuthApi;
let provider: HostileProvider;
let observer: TestClient;
let listed: string[] = [];
let aheadMs = 0;
beforeAll(async () => {
  [stack, provider] = await Promise.all([
    startAuthApi({ env: localTrial, now: () => Date.now() + aheadMs }),
    startHostileProvider(),
  ]);
  observer = await createClient(stack, { internalClient: true });
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));
afterEach(async () => {
  for (const sub of listed) await removeAdministrator(stack, sub);
  listed = [];
  aheadMs = 0;
});

async function list(data: Record<string, string>): Promise<void> {
  const added = await addAdministrator(stack, data);
  expect(added.status).toBe(200);
  listed.push(added.json<{ data: { sub: string } }>().data.sub);
}

/** Whether the token that the console gets by the session of the browser administers the installation. */
async function administers(code: string): Promise<boolean> {
  const { access_token: text } = (await redeem(stack, console, code)).json();
  const { authorities } = await introspect(stack, observer, text);
  const status = (await opsCall(stack, 'GET', '/auth/v3/ops/signing-keys', undefined, `Bearer ${text}`))
    .status;
  const isListed = (authorities as string[]).includes(installationAdminAuthority);
  expect(status).toBe(isListed ? 200 : 403);
  return isListed;
}

/** The provider says that it is the agent, unless it lies. */
async function enterAtProvider() {
  const { issuer } = provider;
  await setSignOn(stack, {
    id: contactCenterId,
    oidc: { issuer, clientId: 'gatehouse' },
    clientSecret: 'secret',
  });
  const browser = createBrowser(stack.app);
  const left = new URL((await browser.get('/auth/v3/sso/start?tenant=demo')).location ?? '').searchParams;
  const answer = { state: left.get('state') ?? '', code: left.get('nonce') ?? '' };
  await browser.get(`${callbackUri}?${new URLSearchParams(answer)}`);
  await setSignOn(stack, { id: contactCenterId });
  const codeOfSession = async () => responseOf(await browser.get(authorizeUrl(console))).get('code') ?? '';
  return { browser, codeOfSession };
}

const signInAtProvider = async (): Promise<string> => (await enterAtProvider()).codeOfSession();

const signInByPassword = () => getCode(stack, createBrowser(stack.app), console);

// attack: own identity provider that gives the name of an installation administrator | CWE-290, ASVS 8.2.1 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
it('an administrator by password is nobody by a provider, whatever name it says', async () => {
  await list({ user: 'agent', way: passwordWay });
  expect(await administers(await signInByPassword())).toBe(true);
  expect(await administers(await signInAtProvider())).toBe(false);
});

it('an administrator by one provider has the right by this provider alone', async () => {
  await list({ user: 'agent', way: providerWay('oidc', provider.issuer) });
  expect(await administers(await signInAtProvider())).toBe(true);
  expect(await administers(await signInByPassword())).toBe(false);
});

it('an administrator by another provider is nobody here', async () => {
  for (const way of [providerWay('oidc', `${provider.issuer}/2`), providerWay('saml', provider.issuer)]) {
    await list({ user: 'agent', way });
    expect(await administers(await signInAtProvider())).toBe(false);
    await removeAdministrator(stack, listed.pop() ?? '');
  }
});

// attack: person of another contact centre of the environment with the sub of an installation administrator | CWE-290, ASVS 8.2.1 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
it('an administrator of one contact centre is nobody in another one, though the sub is the same', async () => {
  const sub = '0d9a6d7a-7d0b-8b7e-9c9f-1f2f3f4f5f6f';
  const opens = async (place: string) =>
    (
      await opsCall(
        stack,
        'GET',
        '/auth/v3/ops/signing-keys',
        undefined,
        await consoleToken(stack, { sub, contactCenterId: place }),
      )
    ).status;
  await list({ user: sub });
  expect(await opens(contactCenterId)).toBe(200);
  expect(await opens('44444444-4444-4444-8444-444444444444')).toBe(403);
});

// attack: session of a release before, of which it is not known how the person came in | CWE-287 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
it('a token that does not say how the person came in gives no right, until the next sign-in', async () => {
  const sub = '0d9a6d7a-7d0b-8b7e-9c9f-1f2f3f4f5f70';
  await list({ user: sub });
  const [known, unknown] = [{ domain: 'demo', way: passwordWay }, { domain: 'demo' }];
  const tokenBy = async (entry: { domain: string; way?: string }) => {
    const identity = {
      ...{ sub, environmentId: 'e', contactCenterId, dbid: 1, tenantDbid: 1, username: 'demo\\x' },
      ...{ loginName: 'x', cmeUserName: 'x', authorities: [], properties: {}, entry },
    };
    return consoleToken(stack, { sub }, { identity });
  };
  const opens = async (authorization: string) =>
    (await opsCall(stack, 'GET', '/auth/v3/ops/signing-keys', undefined, authorization)).status;
  expect(await opens(await tokenBy(known))).toBe(200);
  expect(await opens(await tokenBy(unknown))).toBe(403);
});

// attack: stale session of an administrator that is used for a dangerous right | RFC 9470, ASVS 7.5.3, CWE-613 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
it('a person whose sign-in is 16 minutes old reads everything and changes nothing dangerous', async () => {
  const sub = '0d9a6d7a-7d0b-8b7e-9c9f-1f2f3f4f5f71';
  await list({ user: sub });
  aheadMs = 3_600_000;
  const by = async (ageMs: number) => {
    const session = { sid: 'a-session', authTimeMs: stack.deps.now() - ageMs, amr: ['pwd'] };
    const authorization = await consoleToken(stack, { sub }, { session });
    const call = (method: 'GET' | 'POST', path: string, data?: object) =>
      opsCall(stack, method, `/auth/v3/ops${path}`, data && { data }, authorization);
    const made = await call('POST', '/clients', { client_id: `of-${ageMs}`, authorizedGrantTypes: [] });
    return { read: (await call('GET', '/signing-keys')).status, made };
  };
  const stale = await by(960_000);
  expect([stale.read, stale.made.status]).toEqual([200, 401]);
  expect(stale.made.json()).toMatchObject({ status: { reason: 'stale_sign_in', limit: 900 } });
  const fresh = await by(840_000);
  expect([fresh.read, fresh.made.status]).toEqual([200, 200]);
});

// attack: silent sign-in at a provider that does not say when it asked the person, used for a dangerous right | RFC 9470, OIDC Core 2, CWE-613 | guard: services/auth-api/src/tokens/session-reference.ts
it('a person whose provider does not say when it asked has no fresh sign-in', async () => {
  await list({ user: 'agent', way: providerWay('oidc', provider.issuer) });
  const by = async (claims: Record<string, unknown>) => {
    provider.lies = { claims };
    const { access_token: text } = (await redeem(stack, console, await signInAtProvider())).json();
    provider.lies = {};
    const data = { client_id: `of-${randomUuid()}`, authorizedGrantTypes: [] };
    const made = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data }, `Bearer ${text}`);
    const { auth_time: seenAt } = await introspect(stack, observer, text);
    return { status: made.status, seenAt };
  };
  const seconds = Math.floor(stack.deps.now() / 1000);
  expect(await by({})).toEqual({ status: 401, seenAt: undefined });
  expect(await by({ auth_time: seconds - 86_400 })).toEqual({ status: 401, seenAt: seconds - 86_400 });
  expect(await by({ auth_time: seconds })).toEqual({ status: 200, seenAt: seconds });
});

// attack: change of the directory password that makes an old sign-in at a provider a new one | CWE-287, CWE-613 | guard: services/auth-api/src/people/accounts/change-password.ts
it('an administrator by a provider who proves to know the password has come in by the password', async () => {
  const person = { tenantDbid: 101, userName: 'changing', password: 'a-former-password' };
  await stack.simulator.store.createPerson(person);
  await list({ user: person.userName, way: providerWay('oidc', provider.issuer) });
  provider.lies = { claims: { preferred_username: person.userName } };
  const { browser, codeOfSession } = await enterAtProvider();
  provider.lies = {};
  expect(await administers(await codeOfSession())).toBe(true);
  const data = { oldPassword: person.password, newPassword: 'a-later-password' };
  expect((await browser.postJson('/auth/v3/change-password', { data })).status).toBe(200);
  expect(await administers(await codeOfSession())).toBe(false);
});

// attack: stale session of an administrator that ends everything of a person | RFC 9470, ASVS 7.5.3, CWE-613 | guard: services/auth-api/src/oauth/client-authentication/ops-matrix.ts
it('a person whose sign-in is 16 minutes old ends one session of a person, and not all of them', async () => {
  const sub = '0d9a6d7a-7d0b-8b7e-9c9f-1f2f3f4f5f72';
  await list({ user: sub });
  aheadMs = 3_600_000;
  const agent = createBrowser(stack.app);
  await getCode(stack, agent, console);
  const path = `/auth/v3/ops/sessions?user=agent&contactCenter=${contactCenterId}`;
  const by = async (ageMs: number, method: 'GET' | 'DELETE', query = '') => {
    const session = { sid: 'a-session', authTimeMs: stack.deps.now() - ageMs, amr: ['pwd'] };
    return opsCall(
      stack,
      method,
      `${path}${query}`,
      undefined,
      await consoleToken(stack, { sub }, { session }),
    );
  };
  const ended = await by(960_000, 'DELETE');
  expect(ended.json()).toMatchObject({ status: { reason: 'stale_sign_in', limit: 900 } });
  // What the guard takes for one session, the route takes for a mistake.
  expect((await by(960_000, 'DELETE', '&session=')).status).toBe(400);
  const { data } = (await by(960_000, 'GET')).json<{ data: { sessions: { id: string }[] } }>();
  expect((await by(960_000, 'DELETE', `&session=${data.sessions[0]?.id}`)).json()).toMatchObject({
    data: { sessions: 1 },
  });
  expect((await by(840_000, 'DELETE')).status).toBe(200);
});

describe('a person at a contact centre that requires a second factor', () => {
  const sub = '0d9a6d7a-7d0b-8b7e-9c9f-1f2f3f4f5f73';
  beforeAll(() => requireFactors(stack, { mode: 'required', rememberDays: 7 }));
  afterAll(() => requireFactors(stack, {}));
  beforeEach(() => list({ user: sub }));

  const by = async (proofs: (nowMs: number) => Proof[]) => {
    const nowMs = stack.deps.now();
    const session = { sid: 'a-session', authTimeMs: nowMs, amr: ['pwd'], proofs: proofs(nowMs) };
    const authorization = await consoleToken(stack, { sub }, { session });
    const data = { client_id: `of-${randomUuid()}`, authorizedGrantTypes: [] };
    const read = await opsCall(stack, 'GET', '/auth/v3/ops/signing-keys', undefined, authorization);
    const made = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data }, authorization);
    const { step_up: stepUp } = await introspect(stack, observer, authorization.slice('Bearer '.length));
    return { statuses: [read.status, made.status], made, stepUp };
  };
  const aged = 16 * 60_000;

  // attack: fresh password used for a dangerous right where the policy requires a second factor | RFC 9470 3, CWE-308 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('does nothing dangerous by a fresh password beside an old code, and reads', async () => {
    const { statuses, made, stepUp } = await by((nowMs) => [
      { factor: 'password', atMs: nowMs - aged },
      { factor: 'totp', atMs: nowMs - aged },
    ]);
    expect(statuses).toEqual([200, 401]);
    expect(made.json()).toMatchObject({ status: { reason: 'stale_second_factor', limit: 900 } });
    expect(made.headers['www-authenticate']).toBe(
      'Bearer realm="gatehouse", error="insufficient_user_authentication", acr_values="urn:gatehouse:acr:second-factor", max_age="900"',
    );
    expect(stepUp).toMatchObject({ level: 'secondFactor', is_met: true });
  });

  it('reads nothing by a password alone, and learns which level is needed', async () => {
    const { statuses, stepUp } = await by((nowMs) => [{ factor: 'password', atMs: nowMs }]);
    expect(statuses).toEqual([401, 401]);
    expect(stepUp).toEqual({ level: 'secondFactor', is_met: false });
  });

  // attack: remembered device that stands for the factor of a step-up | CWE-308, RFC 9470 | guard: services/auth-api/src/people/accounts/admission.ts
  it('does nothing by a remembered device', async () => {
    const { statuses } = await by((nowMs) => [
      { factor: 'password', atMs: nowMs },
      { factor: 'rememberedDevice', atMs: nowMs },
    ]);
    expect(statuses).toEqual([401, 401]);
  });

  it('does everything by a fresh code beside a password of this morning', async () => {
    const { statuses } = await by((nowMs) => [
      { factor: 'password', atMs: nowMs - 4 * aged },
      { factor: 'totp', atMs: nowMs },
    ]);
    expect(statuses).toEqual([200, 200]);
  });
});
