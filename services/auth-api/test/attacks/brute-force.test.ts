import { demoSeed } from '@gatehouse/config-server-simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, demoContactCenter, environmentOf, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { agent, readView, signIn, startInteraction } from '../stack/interaction.ts';
import { createClient, passwordTokens } from '../stack/oauth.ts';

/** The Configuration Server locks at the eighth failure, until an administrator unlocks. */
const seed = {
  ...demoSeed,
  tenants: [
    {
      dbid: 101,
      name: 'demo',
      securityRules: { 'account-lockout-threshold': 8, 'account-lockout-attempts-period': 20 },
    },
  ],
};

let stack: AuthApi;
let replica: AuthApi;
let asked = 0;

beforeAll(async () => {
  stack = await startAuthApi({ seed });
  replica = await startAuthApi({ beside: stack });
  stack.simulator.faults.beforeRequest = ({ name }) => {
    if (name === 'RequestAuthenticate') asked += 1;
  };
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});
beforeEach(async () => {
  asked = 0;
  await stack.simulator.store.unlock(101);
  await forgetCounts();
});

async function forgetCounts() {
  const keys = await stack.deps.stores.redis.keys('gatehouse:limit:*');
  if (keys.length > 0) await Promise.all(keys.map((key) => stack.deps.stores.redis.del(key)));
}

async function attempt(
  at: AuthApi,
  login: { username: string; tenant?: string; password?: string },
  address?: string,
) {
  const browser = createBrowser(at.app, address);
  const answer = await browser.postJson('/auth/v3/sign-in', { data: { password: 'wrong', ...login } });
  return answer;
}
const statusesOf = async (attempts: Promise<{ status: number }>[]) =>
  (await Promise.all(attempts)).map(({ status }) => status).sort();

describe('49: brute force (ASVS 6.3.1)', () => {
  // attack: parallel password guessing over replicas | ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
  it('50 tries at once on two replicas from 50 addresses get 3 answers from the Configuration Server', async () => {
    const statuses = await statusesOf(
      Array.from({ length: 50 }, (_, index) =>
        attempt(
          index % 2 === 0 ? stack : replica,
          { username: 'agent', tenant: 'demo' },
          `198.51.100.${index}`,
        ),
      ),
    );
    expect(asked).toBe(3);
    expect(statuses.filter((status) => status === 401)).toHaveLength(asked);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50 - asked);
  });

  // attack: guesses through every environment of one Configuration Server | ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/account.ts
  it('an account has one budget at its Configuration Server, whatever environment names it', async () => {
    const second = {
      ...demoContactCenter,
      id: '55555555-5555-4555-8555-555555555555',
      environmentId: '66666666-6666-4666-8666-666666666666',
      domains: ['second'],
    };
    stack.environmentApi.contactCenters.set(second.id, second);
    stack.environmentApi.environments.set(
      second.environmentId,
      environmentOf(stack.simulator.port, 1, second.environmentId),
    );
    const guesses = ['demo', 'second'].flatMap((tenant) =>
      Array.from({ length: 10 }, (_, n) => attempt(stack, { username: 'agent', tenant }, `198.51.100.${n}`)),
    );
    await Promise.all(guesses);
    expect(asked).toBe(3);
  });

  // attack: many spellings of one account | ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/login-name.ts
  it('every spelling of one account counts as one account', async () => {
    const spellings = [
      { username: 'agent', tenant: 'demo' },
      { username: 'AGENT', tenant: 'DEMO' },
      { username: ' agent ', tenant: 'demo.example.com' },
      { username: 'demo\\agent' },
      { username: 'Demo.Example.com\\aGent' },
      { username: 'ａｇｅｎｔ', tenant: 'demo' },
      { username: 'agent\u3000', tenant: 'ｄｅｍｏ' },
    ];
    for (const [index, spelling] of spellings.entries())
      await attempt(stack, spelling, `198.51.100.${index}`);
    // The server locks at the eighth refusal; four are left to known browsers and usual addresses.
    expect(asked).toBe(3);
  });

  // attack: forged X-Forwarded-For | CVE-2024-47070 | guard: packages/service-kit/src/http/app.ts
  it('16: the forwarded address of a proxy that nobody configured (CVE-2024-47070) does not make another address', async () => {
    const tries = Array.from({ length: 205 }, (_, index) =>
      createBrowser(stack.app).postJson(
        '/auth/v3/sign-in',
        { data: { username: `user${index}`, tenant: 'demo', password: 'Summer2026' } },
        { 'x-forwarded-for': `198.51.100.${index}`, forwarded: `for=198.51.100.${index}` },
      ),
    );
    const statuses = await statusesOf(tries);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });

  // attack: account lock-out by a stranger | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/budget.ts
  it('a stranger cannot lock the account at the Configuration Server, nor keep its user out of a known browser', async () => {
    const home = createBrowser(stack.app);
    const id = await startInteraction(stack, home);
    expect((await signIn(stack, home, id, agent)).location).toContain('/resume');

    for (let round = 0; round < 20; round += 1)
      await attempt(stack, agentWith('wrong'), `198.51.100.${round}`);

    const strangers = await attempt(stack, agentWith(agent.password), '198.51.100.77');
    expect(strangers.status).toBe(429);
    expect(Number(strangers.headers['retry-after'])).toBeGreaterThan(0);
    const again = await startInteraction(stack, home);
    expect((await signIn(stack, home, again, agent)).location).toContain('/resume');
    // And that clears the account for everybody: nothing was locked for good.
    expect((await attempt(stack, agentWith(agent.password))).status).toBe(200);
  });

  it('somebody at a new browser gets in from a usual address while strangers guess', async () => {
    const usual = '192.0.2.10';
    expect((await attempt(stack, agentWith(agent.password), usual)).status).toBe(200);
    for (let round = 0; round < 20; round += 1)
      await attempt(replica, agentWith('wrong'), `198.51.100.${round}`);
    expect((await attempt(stack, agentWith(agent.password), '198.51.100.77')).status).toBe(429);
    expect((await attempt(stack, agentWith(agent.password), '192.0.2.200')).status).toBe(200);
  });

  it('the password grant of an application goes on for its user while strangers guess', async () => {
    const client = await createClient(stack);
    await passwordTokens(stack, client);
    for (let round = 0; round < 20; round += 1)
      await attempt(replica, agentWith('wrong'), `198.51.100.${round}`);
    expect((await attempt(stack, agentWith(agent.password), '198.51.100.77')).status).toBe(429);
    expect((await passwordTokens(stack, client)).access_token).toBeTruthy();
  });

  it('strangers, a usual address and a known browser together stay below the lock of the Configuration Server', async () => {
    const home = createBrowser(stack.app, '192.0.2.10');
    await signIn(stack, home, await startInteraction(stack, home), agent);
    asked = 0;
    for (let round = 0; round < 10; round += 1) {
      await attempt(stack, agentWith('wrong'), `198.51.100.${round}`);
      await attempt(stack, agentWith('wrong'), '192.0.2.20');
      await home.postJson('/auth/v3/sign-in', { data: agentWith('wrong') });
    }
    expect(asked).toBe(7);
    await forgetCounts();
    expect((await home.postJson('/auth/v3/sign-in', { data: agent })).status).toBe(200);
  });

  // attack: guesses between unlocks over replicas | CWE-645, ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
  it('a loop of four guesses and one unlock does not lock the account at the Configuration Server', async () => {
    const { delays } = stack.deps.accounts.service;
    const unlocks: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      await Promise.all(
        Array.from({ length: 4 }, (_, index) =>
          attempt(
            index % 2 === 0 ? stack : replica,
            agentWith(`guess ${round}.${index}`),
            `198.51.100.${index}`,
          ),
        ),
      );
      const { refusals } = await delays.unlock(demoContactCenter, 'agent');
      if (refusals > 0) unlocks.push(refusals);
    }
    // 3 of strangers, and what was left to others: the Configuration Server locks at the eighth.
    expect([asked, unlocks]).toEqual([7, [3, 3, 1]]);
    expect((await delays.explain(demoContactCenter, 'agent')).waitMs.elsewhere).toBeGreaterThan(1_000_000);
    await forgetCounts();
    expect((await attempt(stack, agent)).status).toBe(200);
  });

  it('the owner who mistypes in a known browser after strangers guessed goes on at once', async () => {
    const home = createBrowser(stack.app, '192.0.2.10');
    await signIn(stack, home, await startInteraction(stack, home), agent);
    for (let round = 0; round < 4; round += 1)
      await attempt(replica, agentWith('wrong'), `198.51.100.${round}`);
    for (const typed of ['demo-agent-pasword', 'Demo-agent-password'])
      expect((await home.postJson('/auth/v3/sign-in', { data: agentWith(typed) })).status).toBe(401);
    expect((await home.postJson('/auth/v3/sign-in', { data: agent })).status).toBe(200);
  });

  // attack: denial of service by parallel logins | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/turns.ts
  it('ten right passwords at once on two replicas all get in', async () => {
    for (let round = 0; round < 2; round += 1) await attempt(stack, agentWith('wrong'), '198.51.100.1');
    const logins = Array.from({ length: 10 }, (_, index) =>
      attempt(index % 2 === 0 ? stack : replica, agentWith(agent.password), `198.51.100.${index}`),
    );
    expect(await statusesOf(logins)).toEqual(Array(10).fill(200));
  });

  it('two hundred right passwords at once on two replicas all get in', async () => {
    const logins = Array.from({ length: 200 }, (_, index) =>
      attempt(index % 2 === 0 ? stack : replica, agentWith(agent.password), `198.51.100.${index % 3}`),
    );
    expect(await statusesOf(logins)).toEqual(Array(200).fill(200));
    // Each replica asks as often as there are places for strangers, and usual addresses have one more.
    expect(asked).toBeLessThanOrEqual(20);
  }, 30_000);

  // attack: address lock-out by invented names | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/address-counts.ts
  it('invented names from one address keep nobody else out who signs in from there', async () => {
    const address = '198.51.100.9';
    const home = createBrowser(stack.app, '192.0.2.10');
    await signIn(stack, home, await startInteraction(stack, home), agent);
    expect((await attempt(stack, supervisor, address)).status).toBe(200);
    const invented = await statusesOf(
      Array.from({ length: 220 }, (_, index) =>
        attempt(stack, { username: `invented${index}`, tenant: 'demo' }, address),
      ),
    );
    expect(invented.filter((status) => status === 429)).toHaveLength(20);

    const moved = createBrowser(stack.app, address);
    for (const [name, value] of home.cookies) moved.cookies.set(name, value);
    expect((await moved.postJson('/auth/v3/sign-in', { data: agent })).status).toBe(200);
    expect((await attempt(stack, supervisor, address)).status).toBe(200);
    const newcomer = createBrowser(stack.app, address);
    const login = { username: 'admin', password: 'demo-admin-password', tenant: 'demo' };
    const page = await startInteraction(stack, newcomer);
    for (const typed of ['Demo-admin-password', 'demo-admin-pasword']) {
      const mistyped = await signIn(stack, newcomer, page, { ...login, password: typed });
      expect(mistyped.location).not.toContain('/resume');
    }
    expect((await signIn(stack, newcomer, page, login)).location).toContain('/resume');

    const inventor = createBrowser(stack.app, address);
    const guessed = await startInteraction(stack, inventor);
    const errors: unknown[] = [];
    for (let index = 0; index < 4; index += 1) {
      await signIn(stack, inventor, guessed, { ...login, username: `guessed${index}` });
      errors.push((await readView(stack.app, inventor, guessed)).error);
    }
    expect(errors).toEqual(['bad_credentials', 'bad_credentials', 'bad_credentials', 'throttled']);
  });

  it('an account that does not exist is throttled like one that does', async () => {
    const outcomes = async (username: string, tenant: string) => {
      const statuses: number[] = [];
      for (let index = 0; index < 6; index += 1) {
        statuses.push((await attempt(stack, { username, tenant }, `198.51.100.${index}`)).status);
      }
      return statuses;
    };
    const known = await outcomes('supervisor', 'demo');
    expect(known).toEqual([401, 401, 401, 429, 429, 429]);
    expect(await outcomes('nobody', 'demo')).toEqual(known);
    expect(await outcomes('supervisor', 'no-such-tenant')).toEqual(known);
  });

  it('a password change counts with the same counter', async () => {
    for (let index = 0; index < 3; index += 1) await attempt(stack, { username: 'admin', tenant: 'demo' });
    const answer = await createBrowser(stack.app).postJson('/auth/v3/change-password', {
      data: { userName: 'admin', tenant: 'demo', oldPassword: 'wrong', newPassword: 'new-password' },
    });
    expect(answer.status).toBe(429);
  });

  it('counts survive a restart of the service', async () => {
    for (let index = 0; index < 3; index += 1) await attempt(stack, { username: 'admin', tenant: 'demo' });
    // However long the start takes: for the counts it is the moment of the last failure.
    const failedAtMs = Date.now();
    const restarted = await startAuthApi({ beside: stack, now: () => failedAtMs });
    const answer = await attempt(restarted, { username: 'admin', tenant: 'demo' });
    await restarted.close();
    expect(answer.status).toBe(429);
  });
});

describe('the threshold of the Configuration Server', { timeout: 60_000 }, () => {
  const answeredOf = async (
    securityRules: Record<string, string | number>,
    env: Record<string, string> = {},
  ) => {
    const tenants = [{ dbid: 101, name: 'demo', securityRules }];
    const own = await startAuthApi({ seed: { ...demoSeed, tenants }, env });
    const statuses: number[] = [];
    for (let round = 0; round < 8; round += 1)
      statuses.push((await attempt(own, agentWith('wrong'), `198.51.100.${round}`)).status);
    const delays = await own.deps.accounts.service.delays.explain(demoContactCenter, 'agent');
    await own.close();
    return { answered: statuses.filter((status) => status === 401).length, rules: delays.rules };
  };

  // attack: lock-out where the server locks early | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/lockout-options.ts
  it('is read from its tenant, with its window', async () => {
    const options = { 'account-lockout-threshold': '4', 'account-lockout-attempts-period': '7' };
    expect(await answeredOf(options)).toEqual({
      answered: 1,
      rules: { threshold: 4, windowMs: 7 * 60_000, from: 'server' },
    });
  });

  it('is that of the settings, where the operator knows that another directory locks behind the server', async () => {
    const settings = { GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '7' };
    const fromSettings = { answered: 2, rules: { threshold: 7, windowMs: 1_200_000, from: 'settings' } };
    expect(await answeredOf({}, settings)).toEqual(fromSettings);
    expect(await answeredOf({ 'account-lockout-threshold': 0 }, settings)).toEqual(fromSettings);
  });

  it('is none where the server shows that it never locks: then waits grow instead', async () => {
    const { answered, rules } = await answeredOf({ 'account-lockout-threshold': 0 });
    expect(rules).toEqual({ threshold: 0, windowMs: 1_200_000, from: 'server' });
    expect(answered).toBeGreaterThanOrEqual(3);
    expect(answered).toBeLessThan(8);
  });
});

const supervisor = { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' };

function agentWith(password: string) {
  return { username: 'agent', tenant: 'demo', password };
}
