/** People of the people store: who signs in, what their password may be, and what ends with them. */
import type { PersonView } from '@gatehouse/contracts/environment-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuthApi, contactCenterId, environmentId, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import {
  createClient,
  introspect,
  opsCall,
  passwordTokens,
  type TestClient,
  token,
} from '../../stack/oauth.ts';
import { changePerson, usePeopleStore } from '../../stack/people-store.ts';

const password = 'a-long-enough-password';
const newPassword = 'another-long-password';
const staleMaxMs = 900_000;

let nowMs = 0;
let stack: AuthApi;
let replica: AuthApi;
let opaque: TestClient;
let jwt: TestClient;
let observer: TestClient;
let people: Record<'anna' | 'gone' | 'federated' | 'fresh', PersonView>;

beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_ENVIRONMENT_STALE_MAX_SECONDS: String(staleMaxMs / 1000) },
    now: () => Date.now() + nowMs,
  });
  replica = await startAuthApi({ beside: stack, now: () => Date.now() + nowMs });
  [opaque, jwt, observer] = await Promise.all([
    createClient(stack),
    createClient(stack, { accessTokenFormat: 'jwt' }),
    createClient(stack, { internalClient: true }),
  ]);
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});
beforeEach(async () => {
  const [anna, gone, federated, fresh] = await usePeopleStore(stack, [
    { userName: 'Anna', email: 'anna@example.com', groups: ['Supervisors'], password },
    { userName: 'gone', isActive: false, password },
    { userName: 'federated', email: 'fed@example.com', externalId: 'ext-7' },
    { userName: 'fresh', password },
  ]);
  if (!anna || !gone || !federated || !fresh) throw new Error('nobody was added');
  people = { anna, gone, federated, fresh };
});

const typed = (username: string, text = password) => ({ username, password: text, tenant: 'demo' });
const login = (username: string, text?: string, browser: Browser = createBrowser(stack.app)) =>
  browser.postJson('/auth/v3/sign-in', typed(username, text));
const nameOf = (answer: { body: string }) => JSON.parse(answer.body).status.name;
const change = (userName: string, oldPassword: string, next: string, browser = createBrowser(stack.app)) =>
  browser.postJson('/auth/v3/change-password', { userName, tenant: 'demo', oldPassword, newPassword: next });

describe('a login', () => {
  it('succeeds with the right password alone, and shows number and groups of the person', async () => {
    expect((await login('ANNA')).status).toBe(200);
    const { access_token } = await passwordTokens(stack, opaque, typed('anna'));
    const claims = await createBrowser(stack.app).get('/auth/v3/userinfo', {
      authorization: `Bearer ${access_token}`,
    });
    expect(claims.json()).toMatchObject({ dbid: people.anna.dbid });
    expect(claims.body).toContain('GROUP_Supervisors');
    for (const [name, text] of [
      ['anna', 'wrong-password-of-anna'],
      ['gone', password],
      ['federated', password],
      ['nobody', password],
    ])
      expect(nameOf(await login(name ?? '', text)), name).toBe('bad_credentials');
  });

  // attack: tell by the work of a login who is in the people store | CWE-208 | guard: services/auth-api/src/people/people-store/credentials.ts
  it('costs the same for whoever is unknown, has no password, is not active or mistypes', async () => {
    const matches = vi.spyOn(stack.deps.peopleStore.passwords, 'matches');
    // Read before, as by a login of the person: the copy must not save the question.
    await login('anna');
    const { asked } = stack.environmentApi;
    const work = [];
    for (const name of ['nobody', 'federated', 'gone', 'anna']) {
      asked.length = 0;
      matches.mockClear();
      await login(name, 'a-wrong-long-password');
      work.push({
        asked: asked.map(({ path }) => path.replace(/\?.*/, '')).filter((path) => path.includes('/people')),
        hashes: matches.mock.calls.length,
      });
    }
    expect(work[0]?.hashes).toBe(1);
    expect(work[0]?.asked).toEqual([`/environment/v3/internal/environments/${environmentId}/people`]);
    for (const one of work) expect(one).toEqual(work[0]);
    matches.mockRestore();
  });

  // attack: stop the logins of others by a name that is longer than a server reads | CWE-400, API4:2023 | guard: services/auth-api/src/people/people-store/persons.ts
  it('at an identity provider by a name without end finds nobody, and counts as no outage for the others', async () => {
    const name = 'x'.repeat(40_000);
    for (const lookup of ['userName', 'email', 'externalId'] as const) {
      const named = { contactCenterId, lookup, name, accessGroups: [] };
      expect(await stack.deps.accounts.service.identify(named)).toMatchObject({ outcome: 'unknown' });
    }
    expect((await login('anna')).status).toBe(200);
  });

  it('at an identity provider finds who has no password, by name, address and external id', async () => {
    for (const [lookup, name] of [
      ['userName', 'FEDERATED'],
      ['email', 'Fed@Example.com'],
      ['externalId', 'ext-7'],
    ] as const) {
      const found = await stack.deps.accounts.service.identify({
        contactCenterId,
        lookup,
        name,
        accessGroups: [],
      });
      expect(found).toMatchObject({ outcome: 'found', identity: { dbid: people.federated.dbid } });
    }
  });

  it('waits only for so many others', async () => {
    const { passwords } = stack.deps.peopleStore;
    const impatient = new AbortController();
    const waiting = Array.from({ length: 140 }, () => passwords.matches(undefined, 'x', impatient.signal));
    impatient.abort();
    const outcomes = await Promise.allSettled(waiting);
    const codes = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code);
    expect(codes.filter((code) => code === 'Overloaded')).toHaveLength(10);
    expect(codes.filter((code) => code === 'Aborted').length).toBeGreaterThan(120);
  });
});

describe('a password', () => {
  it('is changed by its owner', async () => {
    expect((await change('fresh', password, newPassword)).status).toBe(200);
    expect((await login('fresh', newPassword)).status).toBe(200);
    expect(nameOf(await login('fresh'))).toBe('bad_credentials');
  });

  it.each([
    ['min-length', 'short-pass'],
    ['max-length', 'x'.repeat(129)],
    ['no-repeats', password],
  ])('that breaks %s is refused by name', async (rule, text) => {
    const answer = await change('anna', password, text);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`${rule}: `);
    expect((await login('anna')).status).toBe(200);
  });

  it('that the person changes ends what the old one granted, and not the session that changed it', async () => {
    const browser = createBrowser(stack.app);
    await login('anna', password, browser);
    const { refresh_token } = await passwordTokens(stack, opaque, typed('anna'));
    const own = { oldPassword: password, newPassword };
    expect((await browser.postJson('/auth/v3/change-password', own)).status).toBe(200);
    // Environment API tells of it, as of every change.
    await changePerson(stack, people.anna, {});
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
    const refreshed = await token(stack, opaque, { grant_type: 'refresh_token', refresh_token });
    expect(refreshed.status).toBe(400);
  });

  it('cannot be changed in a read-only region, and stays', async () => {
    stack.environmentApi.people.isReadOnly = true;
    const answer = await change('anna', password, newPassword);
    stack.environmentApi.people.isReadOnly = false;
    expect([answer.status, nameOf(answer)]).toEqual([503, 'password_change_unavailable']);
    expect((await login('anna')).status).toBe(200);
  });
});

describe('an explanation of who cannot sign in', () => {
  const explain = async (user: string) => {
    const query = new URLSearchParams({ user, contactCenter: 'demo' });
    const answer = await opsCall(stack, 'GET', `/auth/v3/ops/people/explanation?${query}`);
    const { ok, findings } = answer.json<{ data: { ok: boolean; findings: Record<string, string>[] } }>()
      .data;
    return [ok, ...findings.filter(({ status }) => status === 'failed').map(({ message }) => message)];
  };

  it('knows that people are in the people store', async () => {
    expect(await explain('anna')).toEqual([true]);
    expect(await explain('gone')).toEqual([false, 'The person is disabled there.']);
    expect(await explain('nobody')).toEqual([false, 'There is no person of this name.']);
  });
});

describe('while Environment API is down', () => {
  it('who was read a while ago signs in and changes nothing; others wait, and so does everybody in the end', async () => {
    await login('anna');
    await stack.environmentApi.stop();
    try {
      expect((await login('Anna')).status).toBe(200);
      expect(nameOf(await login('anna', 'a-wrong-long-password'))).toBe('bad_credentials');
      expect(nameOf(await login('unread'))).toBe('try_again');
      const refused = await change('anna', password, newPassword);
      expect([refused.status, nameOf(refused)]).toEqual([503, 'password_change_unavailable']);
      nowMs += staleMaxMs + 1_000;
      expect(nameOf(await login('anna'))).toBe('try_again');
    } finally {
      await stack.environmentApi.start();
    }
    nowMs += 2_000;
    await expect.poll(async () => (await login('anna')).status, { timeout: 10_000 }).toBe(200);
  }, 30_000);

  // attack: sign in by the copy of a person who was deactivated | ASVS 7.4.2 | guard: services/auth-api/src/people/people-store/person-copies.ts
  it('who is deactivated then does not sign in by the copy', async () => {
    await login('anna');
    await stack.environmentApi.stop();
    try {
      expect((await login('anna')).status).toBe(200);
      await changePerson(stack, people.anna, { isActive: false });
      await expect.poll(async () => nameOf(await login('anna'))).toBe('try_again');
    } finally {
      await stack.environmentApi.start();
      nowMs += 2_000;
    }
    expect(nameOf(await login('anna'))).toBe('bad_credentials');
  });
});

describe('what a person holds', () => {
  // attack: go on after the account was deactivated | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/deactivation.ts
  it.each([
    ['deactivated', { isActive: false }],
    ['given another password by an administrator', { passwordEnvelope: 'v1.another' }],
  ])('ends within one second on every replica when the person is %s', async (_how, done) => {
    const browser = createBrowser(replica.app);
    expect((await login('anna', password, browser)).status).toBe(200);
    const held = await passwordTokens(replica, opaque, typed('anna'));
    const signed = await passwordTokens(stack, jwt, typed('anna'));
    const isActive = async (at: AuthApi, text: string) => (await introspect(at, observer, text))['active'];
    for (const text of [held.access_token, signed.access_token])
      expect(await isActive(stack, text)).toBe(true);
    const startedAtMs = performance.now();
    await changePerson(stack, people.anna, done);
    const ended = async () => [
      (await browser.get('/auth/v3/ping')).status,
      ...(await Promise.all(
        [stack, replica].flatMap((at) => [
          isActive(at, held.access_token),
          isActive(at, held.refresh_token),
          isActive(at, signed.access_token),
        ]),
      )),
    ];
    await expect.poll(ended, { timeout: 1_000, interval: 10 }).toEqual([403, ...Array(6).fill(false)]);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    const refreshed = await token(replica, opaque, {
      grant_type: 'refresh_token',
      refresh_token: held.refresh_token,
    });
    expect(refreshed.status).toBe(400);
  });
});
