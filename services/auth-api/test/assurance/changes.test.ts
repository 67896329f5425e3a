/** What a policy that changes does to what exists, and which policy counts while nobody can be asked. */
import { noSecondFactor } from '@gatehouse/contracts/environment-api';
import { assuranceNames } from '@gatehouse/contracts/values';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/core/assurance/proof.ts';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { signedIn } from '../stack/backchannel.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { refusalOf } from '../stack/exchange.ts';
import { agent, signIn } from '../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  introspect,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { proveBy, requireFactors } from '../stack/second-factor.ts';
import { readStep } from '../stack/second-step.ts';

let stack: AuthApi;
let client: TestClient;
let skewMs = 0;
const hourMs = 3_600_000;
const now = () => Date.now() + skewMs;
beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' },
    now,
  });
  client = await createClient(stack, { scope: ['openid'], refreshTokenIdleSeconds: 1_000_000 });
});
afterAll(() => stack?.close());
beforeEach(() => requireFactors(stack, {}));

const several = (atMs = now()): Proof[] => [{ factor: 'provider', atMs, methods: ['mfa'] }];
async function browserBy(proofs?: Proof[]): Promise<Browser> {
  const browser = await signedIn(stack);
  if (proofs !== undefined) await proveBy(stack, browser, proofs);
  return browser;
}
async function tokensOf(browser: Browser, parameters: Record<string, string> = {}) {
  const answer = await browser.get(authorizeUrl(client, { prompt: 'none', scope: 'openid', ...parameters }));
  return (await redeem(stack, client, responseOf(answer).get('code') ?? '')).json();
}
const refresh = (refresh_token: string) =>
  token(stack, client, { grant_type: 'refresh_token', refresh_token });
const refusedOf = async (browser: Browser, parameters: Record<string, string> = {}) =>
  responseOf(await browser.get(authorizeUrl(client, { prompt: 'none', ...parameters }))).get('error');

describe('a stricter policy', () => {
  // attack: go on by refresh tokens that a stricter policy would refuse | CWE-613, ASVS 7.4.2 | guard: services/auth-api/src/people/accounts/admission.ts
  it('ends a family of a weaker sign-in at its first refresh after the time of grace, and with it every token', async () => {
    const tokens = await tokensOf(await browserBy());
    const raisedAt = new Date(now()).toISOString();
    await requireFactors(stack, { mode: 'required', graceHours: 2, enrolmentGraceDays: 0, raisedAt });
    const within = await refresh(tokens.refresh_token);
    expect(within.status).toBe(200);

    skewMs += 2 * hourMs + 1000;
    const late = await refresh(within.json().refresh_token);
    expect(refusalOf(late)).toEqual([400, 'invalid_grant']);
    expect(late.json().error_description).toContain(
      'The policy of the contact centre requires a second factor',
    );
    await requireFactors(stack, {});
    expect(refusalOf(await refresh(within.json().refresh_token))).toEqual([400, 'invalid_grant']);
  });

  it('leaves a family alone whose sign-in had a second factor', async () => {
    const tokens = await tokensOf(await browserBy(several()));
    await requireFactors(stack, { mode: 'required', raisedAt: new Date(0).toISOString() });
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  // attack: go on by a session, or by refresh tokens, of a device that a stricter policy has ended | CWE-613, ASVS 7.4.2 | guard: services/auth-api/src/core/assurance/assurance.ts
  it('ends what a remembered device stands for, also in sessions and families that began by it', async () => {
    const proofs: Proof[] = [
      { factor: 'password', atMs: now() },
      { factor: 'rememberedDevice', atMs: now() - 1000 },
    ];
    const browser = await browserBy(proofs);
    const policy = { mode: 'required', rememberDays: 7, graceHours: 0, enrolmentGraceDays: 0 } as const;
    await requireFactors(stack, policy);
    const tokens = await tokensOf(browser);
    expect(await refusedOf(browser)).toBeNull();
    await requireFactors(stack, { ...policy, raisedAt: new Date(now()).toISOString() });
    expect(await refusedOf(browser)).toBe('interaction_required');
    expect(refusalOf(await refresh(tokens.refresh_token))).toEqual([400, 'invalid_grant']);
  });

  it('remembers no device any more where it says so', async () => {
    const device = { factor: 'rememberedDevice', atMs: now() } as const;
    const browser = await browserBy([{ factor: 'password', atMs: now() }, device]);
    await requireFactors(stack, { mode: 'required', rememberDays: 0 });
    expect(await refusedOf(browser)).toBe('interaction_required');
  });

  it('sends a person with a weaker session to the sign-in page, and lets the password wait for a factor there', async () => {
    const browser = await browserBy();
    await requireFactors(stack, { mode: 'required' });
    const asking = await browser.get(authorizeUrl(client));
    const typed = await signIn(stack, browser, interactionOf(asking), agent);
    expect(typed.location).toContain('/auth/second-step.html');
    expect(await readStep(stack, browser)).toMatchObject({ state: 'blocked', need: 'secondFactor' });
    expect(await refusedOf(browser)).toBe('interaction_required');
  });

  // attack: take methods that an old session stored for more than they are | CWE-308 | guard: services/auth-api/src/core/assurance/proof.ts
  it('judges a session of the release before by the methods that it stored', async () => {
    const browser = await browserBy();
    await proveBy(stack, browser, undefined);
    await requireFactors(stack, { mode: 'required' });
    expect(await refusedOf(browser)).toBe('interaction_required');
  });

  // attack: change the password by the old one to get in without the second factor | ASVS 6.4.3 | guard: services/auth-api/src/people/accounts/change-password.ts
  it('takes no new password from somebody of whom only the old one is known', async () => {
    await requireFactors(stack, { mode: 'required' });
    const { username: userName, tenant, password: oldPassword } = agent;
    const data = { userName, tenant, oldPassword, newPassword: 'another-password-1' };
    const answer = await createBrowser(stack.app).postJson('/auth/v3/change-password', { data });
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('more than a password')]);
    await requireFactors(stack, {});
    // It is still the old one.
    await signedIn(stack);
  });

  // attack: change the password by name to get past what the roles of its person require | ASVS 6.4.3, CWE-204 | guard: services/auth-api/src/people/accounts/change-password.ts
  it('of roles takes no new password from somebody of whom only the old one is known, and tells a stranger nothing', async () => {
    await requireFactors(stack, { requiredRoles: ['ROLE_USER'] });
    const { username, tenant, password } = agent;
    const change = async (userName: string, oldPassword: string) => {
      const data = { userName, tenant, oldPassword, newPassword: 'another-password-1' };
      const { status, body } = await createBrowser(stack.app).postJson('/auth/v3/change-password', { data });
      return [status, JSON.parse(body)];
    };
    expect(await change(username, password)).toMatchObject([
      403,
      { status: { name: 'second_factor_required' } },
    ]);
    const wrong = await change(username, 'not the password');
    expect(wrong).toMatchObject([403, { status: { name: 'bad_credentials' } }]);
    expect(await change('nobody', 'not the password')).toEqual(wrong);
    await requireFactors(stack, {});
    await signedIn(stack);
  });

  it('of roles leaves the password to those who have other roles, also where it has expired', async () => {
    const { store } = stack.simulator;
    const person = { userName: 'newadviser', password: 'old-password-1' };
    const { DBID } = await store.createPerson({ tenantDbid: 101, ...person });
    await store.updatePerson(DBID as number, { changePasswordOnNextLogin: 2 });
    const change = () => {
      const { userName, password: oldPassword } = person;
      const data = { userName, tenant: 'demo', oldPassword, newPassword: 'another-password-1' };
      return createBrowser(stack.app).postJson('/auth/v3/change-password', { data });
    };
    await requireFactors(stack, { phishingResistantRoles: ['ROLE_USER'] });
    expect((await change()).body).toContain('second_factor_required');
    await requireFactors(stack, { phishingResistantRoles: ['ROLE_SUPERVISOR'] });
    expect((await change()).status).toBe(200);
  });

  it('leaves a record of each refusal that names who demanded what', async () => {
    const browser = await browserBy();
    await requireFactors(stack, { mode: 'phishingResistant' });
    expect(await refusedOf(browser)).toBe('interaction_required');
    const events = async () =>
      (
        await stack.deps.stores.pool.query(
          "SELECT fields FROM auth.audit_events WHERE name = 'assurance_refused' AND client_id = $1 ORDER BY at DESC LIMIT 1",
          [client.clientId],
        )
      ).rows;
    await expect
      .poll(events, { timeout: 10_000 })
      .toMatchObject([
        { fields: { act: 'code', need: 'phishingResistant', has: 'password', by: 'contactCenter' } },
      ]);
  });
});

describe('the age of a second factor', () => {
  it('is limited where the policy says so, for the session and for its refresh tokens', async () => {
    await requireFactors(stack, { mode: 'required', reauthenticateHours: 1 });
    await requireFactors(stack, {});
    const browser = await browserBy(several());
    await requireFactors(stack, { mode: 'required', reauthenticateHours: 1 });
    const tokens = await tokensOf(browser);
    skewMs += hourMs + 1000;
    const old = await refresh(tokens.refresh_token);
    expect(refusalOf(old)).toEqual([400, 'invalid_grant']);
    expect(old.json().error_description).toContain('of the last 1 hours');
  });
});

describe('acr', () => {
  const contextsOf = async (browser: Browser, parameters: Record<string, string> = {}) => {
    const { id_token, access_token } = await tokensOf(browser, parameters);
    const service = await createClient(stack, { internalClient: true });
    return [decodeJwt(id_token)['acr'], (await introspect(stack, service, access_token))['acr']];
  };

  it('is a number, or a name for a request that asked by name, alike in each place', async () => {
    const [one, two] = [await browserBy(), await browserBy(several())];
    expect(await contextsOf(one)).toEqual(['1', '1']);
    expect(await contextsOf(two)).toEqual(['2', '2']);
    const named = { acr_values: assuranceNames.password };
    expect(await contextsOf(one, named)).toEqual([assuranceNames.password, assuranceNames.password]);
    expect(await contextsOf(two, named)).toEqual([assuranceNames.secondFactor, assuranceNames.secondFactor]);
  });

  // attack: add a weak value to acr_values to get past a minimum | ASVS 10.4.3 | guard: services/auth-api/src/core/assurance/need.ts
  it('that is asked for lowers no minimum of the client', async () => {
    const strict = await createClient(stack, { minimumAcr: 'secondFactor' });
    const browser = await browserBy();
    const asking = authorizeUrl(strict, { prompt: 'none', acr_values: `1 2 ${assuranceNames.password}` });
    expect(responseOf(await browser.get(asking)).get('error')).toBe('interaction_required');
    const other = await browserBy(several());
    expect(responseOf(await other.get(asking)).get('code')).not.toBeNull();
  });
});

describe('while Environment API is away', () => {
  const fresh = async () => {
    const replica = await startAuthApi({ beside: stack, now });
    return { replica, close: () => replica.close() };
  };

  // attack: make the policy unreadable to get past it | CWE-636, ASVS 16.5.3 | guard: services/auth-api/src/people/accounts/admission.ts
  it('the last policy that any replica saw counts, and without one nobody gets anything', async () => {
    const tokens = await tokensOf(await browserBy());
    await requireFactors(stack, { mode: 'required' });
    await refusedOf(await browserBy(several()).catch(() => createBrowser(stack.app)));
    await stack.deps.contactCenters.keptPolicies.settled();
    const identity = { contactCenterId, authorities: [] } as never;
    const { replica, close } = await fresh();
    try {
      await stack.environmentApi.stop();
      const judge = (proofs: Proof[]) =>
        replica.deps.accounts.admission.judge(identity, { act: 'token', proofs });
      expect(await judge([{ factor: 'password', atMs: now() }])).toHaveProperty('short');
      expect(await judge(several())).toHaveProperty('admitted');
      await stack.deps.stores.pool.query('DELETE FROM auth.factor_policies');
      await expect(judge(several())).rejects.toMatchObject({ status: 503 });
      const answer = await token(replica, client, {
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
      });
      expect(answer.status).toBe(503);
    } finally {
      await stack.environmentApi.start();
      await close();
    }
  });

  it('an Environment API of the release before, which shows no policy, hides none that was seen', async () => {
    await requireFactors(stack, { mode: 'required' });
    const identity = { contactCenterId, authorities: [] } as never;
    const proofs: Proof[] = [{ factor: 'password', atMs: now() }];
    await stack.deps.contactCenters.keptPolicies.forget(contactCenterId);
    const view = await stack.deps.contactCenters.service.get(contactCenterId);
    await stack.deps.contactCenters.keptPolicies.counting({
      id: contactCenterId,
      secondFactor: { ...noSecondFactor, mode: 'required' },
      version: view?.version ?? 1,
    });
    await stack.deps.contactCenters.keptPolicies.settled();
    const { replica, close } = await fresh();
    const { contactCenters } = stack.environmentApi;
    const present = contactCenters.get(contactCenterId);
    if (present === undefined) throw new Error('there is no contact centre');
    const { secondFactor: _hidden, ...before } = present;
    contactCenters.set(contactCenterId, { ...before, version: present.version + 1 });
    try {
      expect(await replica.deps.accounts.admission.judge(identity, { act: 'token', proofs })).toHaveProperty(
        'short',
      );
    } finally {
      contactCenters.set(contactCenterId, { ...present, version: present.version + 2 });
      await close();
    }
  });
});

describe('an Environment API that was restored from an older copy', () => {
  // attack: get past a policy that a restoration has forgotten | CWE-636 | guard: services/auth-api/src/registry/contact-centers/kept-policies.ts
  it('forgets no demand, until an administrator has stored the policy again', async () => {
    const { contactCenters } = stack.environmentApi;
    const present = contactCenters.get(contactCenterId);
    if (present === undefined) throw new Error('there is no contact centre');
    const { keptPolicies, service } = stack.deps.contactCenters;
    const isLetIn = async (mode: 'off' | 'required', version: number) => {
      contactCenters.set(contactCenterId, { ...present, secondFactor: { ...noSecondFactor, mode }, version });
      service.applyGap();
      const identity = { contactCenterId, authorities: [] } as never;
      const proofs: Proof[] = [{ factor: 'password', atMs: now() }];
      const verdict = await stack.deps.accounts.admission.judge(identity, { act: 'token', proofs });
      await keptPolicies.settled();
      return 'admitted' in verdict;
    };
    const late = present.version + 100;
    expect(await isLetIn('required', late)).toBe(false);
    expect(await isLetIn('off', present.version + 1)).toBe(false);
    expect(await isLetIn('required', present.version + 2)).toBe(false);
    expect(await isLetIn('off', present.version + 3)).toBe(true);
    contactCenters.set(contactCenterId, { ...present, version: late + 1 });
    service.applyGap();
  });
});

it('the policy that stays costs no statement', async () => {
  await requireFactors(stack, { mode: 'off' });
  await tokensOf(await browserBy());
  await stack.deps.contactCenters.keptPolicies.settled();
  const statements: string[] = [];
  const { pool } = stack.deps.stores;
  const query = pool.query.bind(pool);
  pool.query = ((given: { name?: string }, ...rest: never[]) => {
    statements.push(given?.name ?? String(given));
    return (query as (...all: unknown[]) => unknown)(given, ...rest);
  }) as never;
  await tokensOf(await browserBy());
  pool.query = query;
  expect(statements.filter((name) => name.includes('factor'))).toEqual([]);
});
