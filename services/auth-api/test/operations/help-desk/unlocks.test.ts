/** Unlocks of accounts by administrators: how often, what they give, and the alarm of many, with two replicas. */
import { runCommand } from '@gatehouse/cli/run-command';
import type { AuthApiOverview } from '@gatehouse/contracts/auth-administration';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactCenterId, demoContactCenter } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { opsCall } from '../../stack/oauth.ts';
import { call, type Estate, startEstate } from './stack.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.close());

const unlock = (user: string, at = estate.stack) =>
  call(at, 'DELETE', '/people/delays', { user, contactCenter: 'demo' });
const guess = async (username: string, password = 'wrong') => {
  const data = { username, password, tenant: 'demo' };
  const { app } = estate.replica;
  return (await createBrowser(app, '198.51.100.9').postJson('/auth/v3/sign-in', { data })).status;
};
const guesses = async (userName: string) => {
  const statuses: number[] = [];
  for (let count = 0; count < 4; count += 1) statuses.push(await guess(userName));
  return statuses.filter((status) => status === 401).length;
};

describe('the unlocks of one account', () => {
  // attack: guesses between unlocks by an administrator | CWE-645, ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
  it('let no more guesses through than the directory allows, in a loop of four guesses and one unlock', async () => {
    const { userName } = await estate.someone();
    const outcomes: { guessed: number; status: number; refusals?: number; waits?: boolean }[] = [];
    for (let round = 0; round < 9; round += 1) {
      const guessed = await guesses(userName);
      const answer = await unlock(userName, round % 2 === 0 ? estate.stack : estate.replica);
      const { refusals, waitSeconds } =
        answer.json<{ data?: { refusals?: number; waitSeconds?: number } }>().data ?? {};
      outcomes.push({
        guessed,
        status: answer.status,
        ...(refusals === undefined ? {} : { refusals, waits: waitSeconds !== undefined }),
      });
    }
    expect(outcomes).toEqual([
      { guessed: 3, status: 200, refusals: 3, waits: false },
      { guessed: 3, status: 200, refusals: 3, waits: false },
      { guessed: 1, status: 200, refusals: 1, waits: true },
      ...Array.from({ length: 6 }, () => ({ guessed: 0, status: 200, refusals: 0, waits: true })),
    ]);
  });

  it('are refused from the fourth one within an hour on, whoever asks: 429 with the time, and the refusal is audited', async () => {
    const { userName } = await estate.someone();
    const { redis } = estate.stack.deps.stores;
    for (let round = 0; round < 3; round += 1) {
      await guess(userName);
      expect((await unlock(userName)).status).toBe(200);
    }
    await guess(userName);
    const refused = await unlock(userName, estate.replica);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
    expect(refused.json()).toMatchObject({
      status: { reason: 'too_often', limit: 60, message: expect.stringMatching(/again in 60 minutes$/) },
    });
    expect(await estate.eventsOf({ name: 'delays_cleared', outcome: 'failure' })).toMatchObject([
      { contactCenterId, fields: { actor: 'ops', userName, reason: 'too_often' } },
    ]);
    const keys = await redis.keys('gatehouse:limit:account:unlocks*');
    expect(await Promise.all(keys.map((key) => redis.pttl(key)))).not.toContain(-1);
  });

  it('say at the command line when the next one is possible', async () => {
    const env = await operatorEnvironment(estate.stack);
    const { userName } = await estate.someone();
    const run = () => runCommand(['people', 'unlock', userName, '--contact-center', 'demo'], { env });
    for (let round = 0; round < 3; round += 1) {
      await guess(userName);
      expect((await run()).out).toContain('1 wrong passwords');
    }
    await guess(userName);
    const refused = await run();
    expect([refused.exitCode === 0, `${refused.out}${refused.error}`]).toEqual([
      false,
      expect.stringContaining('can be unlocked again in 60 minutes'),
    ]);
  });

  it('give the owner another try at once, at a new place', async () => {
    const { userName, typed } = await estate.someone();
    await guesses(userName);
    expect(await guess(userName, typed.password)).toBe(429);
    await unlock(userName);
    expect(await guess(userName, typed.password)).toBe(200);
  });
});

// attack: an administrator unlocks many accounts to guess at all | ASVS 16.3 | guard: services/auth-api/src/operations/help-desk/unlock-watch.ts
it('from the thirtieth unlock of an administrator within an hour on there is an alarm, and the unlock goes on', async () => {
  const { delays } = estate.stack.deps.accounts.service;
  const problems = async () => {
    const answer = await opsCall(estate.stack, 'GET', '/auth/v3/ops/overview');
    const found = answer.json<{ data: AuthApiOverview }>().data.problems;
    return found.filter(({ subject }) => subject === 'ops');
  };
  const { redis } = estate.stack.deps.stores;
  for (const key of await redis.keys('gatehouse:unlock*')) await redis.del(key);
  const names = await Promise.all(Array.from({ length: 30 }, async () => (await estate.someone()).userName));
  for (const [index, userName] of names.entries()) {
    expect(await problems()).toEqual([]);
    expect(await guess(userName)).toBe(401);
    expect((await unlock(userName, index % 2 === 0 ? estate.stack : estate.replica)).status).toBe(200);
  }
  expect(await problems()).toMatchObject([{ severity: 'warning', runbook: 'somebody-tries-passwords' }]);
  expect(await estate.eventsOf({ name: 'many_delays_cleared' })).toMatchObject([
    { contactCenterId, fields: { actor: 'ops', unlocks: 30 } },
  ]);
  const texts = await Promise.all([estate.stack, estate.replica].map(({ metrics }) => metrics.expose()));
  expect(texts.join('\n')).toContain('gatehouse_unlock_alarms_total 1');
  expect((await delays.explain(demoContactCenter, names.at(-1) ?? '')).refusals).toEqual([]);
});
