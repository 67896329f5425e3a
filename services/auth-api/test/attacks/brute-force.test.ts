import { demoSeed } from '@gatehouse/config-server-simulator/seed/demo';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { agent, signIn, startInteraction } from '../stack/interaction.ts';

/** The Configuration Server locks at the sixth failure, until an administrator unlocks. */
const seed = {
  ...demoSeed,
  tenants: [
    {
      dbid: 101,
      name: 'demo',
      securityRules: { 'account-lockout-threshold': 6, 'account-lockout-attempts-period': 20 },
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
  const keys = await stack.deps.stores.redis.keys('gatehouse:limit:*');
  if (keys.length > 0) await Promise.all(keys.map((key) => stack.deps.stores.redis.del(key)));
});

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
  it('50 tries at once on two replicas from 50 addresses get 4 answers from the Configuration Server', async () => {
    const statuses = await statusesOf(
      Array.from({ length: 50 }, (_, index) =>
        attempt(
          index % 2 === 0 ? stack : replica,
          { username: 'agent', tenant: 'demo' },
          `198.51.100.${index}`,
        ),
      ),
    );
    expect(asked).toBeLessThanOrEqual(4);
    expect(statuses.filter((status) => status === 401)).toHaveLength(asked);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50 - asked);
  });

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
    // Three without waiting; the fourth would have to wait a second.
    expect(asked).toBe(3);
  });

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

function agentWith(password: string) {
  return { username: 'agent', tenant: 'demo', password };
}
