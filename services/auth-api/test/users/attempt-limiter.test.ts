import { Secret } from '@gatehouse/service-kit/secret';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { budgetOf, type LockoutRules } from '../../src/users/attempts/budget.ts';
import { type Attempt, type AttemptLimits, createAttemptLimiter } from '../../src/users/attempts/limiter.ts';
import { createUsualAddresses } from '../../src/users/attempts/usual-addresses.ts';
import { SignInError } from '../../src/users/sign-in-error.ts';
import { encryptionKeys } from '../stack/auth-api.ts';
import { openRedis, type RedisForTests, stoppedClock } from '../stack/redis.ts';

/** The defaults of the settings. */
const limits: AttemptLimits = {
  freeFailures: 3,
  firstDelayMs: 1_000,
  maxDelayMs: 60_000,
  addressAttempts: 200,
  addressWindowMs: 10 * 60_000,
};
const windowMs = 20 * 60_000;
const day = 24 * 3_600_000;
const usualAddresses = createUsualAddresses(new Secret(encryptionKeys));
const rulesWith = (threshold: number): LockoutRules => ({ threshold, windowMs, from: 'server' });
const rules = rulesWith(6);
const proof = {
  user: { userDbid: 1, tenantDbid: 101, userName: 'agent', changePasswordRequired: false },
  provedAtMs: 0,
};

it.each([
  [1, { others: 1, knownBrowser: 0, usualAddress: 0 }],
  [2, { others: 1, knownBrowser: 0, usualAddress: 0 }],
  [3, { others: 1, knownBrowser: 1, usualAddress: 0 }],
  [4, { others: 1, knownBrowser: 1, usualAddress: 1 }],
  [8, { others: 5, knownBrowser: 1, usualAddress: 1 }],
])('a threshold of %i gives these refusals to spend', (threshold, budget) => {
  expect(budgetOf({ threshold })).toEqual(budget);
});

describe.each([{ cluster: false }, { cluster: true }])(
  'the attempt limiter, cluster mode: $cluster',
  ({ cluster }) => {
    let store: RedisForTests;
    beforeAll(async () => {
      store = await openRedis({ cluster });
    });
    afterAll(() => store?.close());

    let account = '';
    let counter = 0;
    let clock = stoppedClock();
    beforeEach(() => {
      counter += 1;
      account = `account ${counter}`;
      clock = stoppedClock();
    });

    const limiterWith = (own: Partial<AttemptLimits> = {}, addresses = usualAddresses) =>
      createAttemptLimiter({
        ...store,
        limits: { ...limits, ...own },
        usualAddresses: addresses,
        now: clock.now,
      });
    type Limiter = ReturnType<typeof limiterWith>;
    type Place = Partial<Parameters<Limiter['reserve']>[0]>;
    const strange = () => `198.51.${counter}.7`;
    const usual = () => `192.0.${counter}.7`;

    const reserve = (limiter: Limiter, place: Place = {}) =>
      limiter.reserve({ account, rules, address: strange(), ...place });
    /** How many attempts at once the Configuration Server would refuse. */
    async function refused(limiter: Limiter, tries: number, place: Place = {}): Promise<number> {
      const outcomes = await Promise.allSettled(
        Array.from({ length: tries }, async () => (await reserve(limiter, place)).refuse()),
      );
      return outcomes.filter(({ status }) => status === 'fulfilled').length;
    }
    const signIn = async (limiter: Limiter, place: Place) => (await reserve(limiter, place)).succeed();

    // attack: parallel password guessing | ASVS 6.3.1 | guard: services/auth-api/src/users/attempts/scripts.ts
    it('50 guesses at once spend what strangers may spend, and again when a window passed without a refusal', async () => {
      const limiter = limiterWith({ freeFailures: 1000 });
      expect(await refused(limiter, 50)).toBe(3);
      clock.advance(windowMs - 1);
      expect(await refused(limiter, 50)).toBe(0);
      clock.advance(1);
      expect(await refused(limiter, 50)).toBe(3);
    });

    it('every refusal begins the window anew, as at the Configuration Server', async () => {
      const limiter = limiterWith();
      expect(await refused(limiter, 1)).toBe(1);
      clock.advance(windowMs - 1);
      expect(await refused(limiter, 1)).toBe(1);
      clock.advance(windowMs - 1);
      expect(await refused(limiter, 50)).toBe(1);
    });

    it('says how long to wait', async () => {
      const limiter = limiterWith();
      await refused(limiter, 50);
      clock.advance(60_000);
      const refusal = reserve(limiter);
      await expect(refusal).rejects.toMatchObject({
        failure: 'throttled',
        status: 429,
        retryAfterSeconds: windowMs / 1000 - 60,
      });
      await expect(refusal).rejects.toBeInstanceOf(SignInError);
    });

    // attack: account lock-out by a stranger | ASVS 6.3.1, CWE-645 | guard: services/auth-api/src/users/attempts/budget.ts
    it('strangers leave one refusal to known browsers and one to usual addresses, and all stay below the lock', async () => {
      const limiter = limiterWith();
      await signIn(limiter, { address: usual(), device: 'home' });
      expect(await refused(limiter, 50)).toBe(3);
      expect(await refused(limiter, 50, { device: 'stranger' })).toBe(0);
      expect(await refused(limiter, 50, { address: `192.0.${counter}.200`, device: 'new' })).toBe(1);
      expect(await refused(limiter, 50, { device: 'home' })).toBe(1);
      expect(await refused(limiter, 50, { address: usual(), device: 'home' })).toBe(0);
    });

    // attack: denial of service by parallel logins | CWE-645 | guard: services/auth-api/src/users/attempts/turns.ts
    it('the right password consumes nothing, at any number at once', async () => {
      const limiter = limiterWith();
      await refused(limiter, 2);
      const right = async () => {
        const attempt = await reserve(limiter, { address: usual() });
        await new Promise((resolve) => setImmediate(resolve));
        await attempt.succeed();
      };
      await Promise.all(Array.from({ length: 20 }, right));
      expect(await refused(limiter, 50)).toBe(3);
    });

    // attack: denial of service by many logins at once | CWE-645 | guard: services/auth-api/src/users/attempts/same-password.ts
    it('any number of attempts with the same right password at once share the answer, from any browser and address', async () => {
      const limiter = limiterWith({ addressAttempts: 5 });
      let asked = 0;
      const right = async (index: number) => {
        const address = index % 2 === 0 ? strange() : `203.0.113.${index}`;
        const attempt = await reserve(limiter, { question: 'right', address, device: `browser ${index}` });
        if (attempt.proof === undefined) asked += 1;
        await new Promise((resolve) => setImmediate(resolve));
        await attempt.succeed(attempt.proof ?? proof);
      };
      await Promise.all(Array.from({ length: 200 }, (_, index) => right(index)));
      expect(asked).toBeLessThanOrEqual(3);
      expect((await limiter.explain(account, rules)).knownBrowsers).toBe(20);
      // None of them was forgotten as an attempt that is still to be answered.
      expect(await refused(limiter, 50, { address: `203.0.${counter}.7` })).toBe(3);
    });

    // attack: guesses compared with a login of the person at no cost | ASVS 6.3.1 | guard: services/auth-api/src/users/attempts/same-password.ts
    it('after another password nobody gets in because the person does', async () => {
      const limiter = limiterWith();
      const open = [];
      for (let index = 0; index < 3; index += 1) open.push(await reserve(limiter, { question: 'right' }));
      const guess = async (password: string) => (await reserve(limiter, { question: password })).refuse();
      const guesses = Array.from({ length: 32 }, (_, index) => guess(`guess ${index}`));
      const outcomes = Promise.allSettled([...guesses, guess('right')]);
      // Answered after the questions of all of them.
      await limiter.explain(account, rules);
      await Promise.all(open.map((attempt) => attempt.succeed(proof)));
      expect((await outcomes).at(-1)).toMatchObject({ status: 'rejected', reason: { failure: 'throttled' } });
    });

    it('a wrong password at many browsers at once spends no more than others', async () => {
      const limiter = limiterWith({ freeFailures: 1000 });
      expect(await refused(limiter, 50, { question: 'wrong' })).toBe(3);
    });

    it('the right password forgets the refusals before it, and not those that came meanwhile', async () => {
      const limiter = limiterWith();
      await refused(limiter, 1);
      const right = await reserve(limiter, { address: usual() });
      clock.advance(10);
      await refused(limiter, 1);
      await right.succeed();
      expect(await refused(limiter, 50)).toBe(2);
    });

    it('does not count an attempt that nobody answered, and settles each one once', async () => {
      const limiter = limiterWith();
      const attempt = await reserve(limiter);
      await attempt.release();
      await attempt.refuse();
      expect(await refused(limiter, 50)).toBe(3);
    });

    it('gives up attempts that a stopped replica left', async () => {
      const limiter = limiterWith();
      const left: Attempt[] = [];
      for (let index = 0; index < 3; index += 1) left.push(await reserve(limiter));
      clock.advance(120_000);
      expect(await refused(limiter, 50)).toBe(3);
    });

    it('66: keeps nothing of attempts that it refuses: names that a stranger makes up do not fill Redis', async () => {
      const limiter = limiterWith({ addressAttempts: 1 });
      await refused(limiter, 1);
      const before = await store.redis.dbsize();
      for (let index = 0; index < 50; index += 1)
        await refused(limiter, 1, { account: `${account}/made-up ${index}` });
      expect(await store.redis.dbsize()).toBe(before);
    });

    it('makes strangers wait longer with every refusal, up to a bound', async () => {
      const limiter = limiterWith({ maxDelayMs: 4000 });
      const generous = { rules: rulesWith(1000) };
      expect(await refused(limiter, 50, generous)).toBe(3);
      for (const delayMs of [1000, 2000, 4000, 4000]) {
        clock.advance(delayMs - 1);
        expect(await refused(limiter, 1, generous)).toBe(0);
        clock.advance(1);
        expect(await refused(limiter, 50, generous)).toBe(1);
      }
    });

    it('remembers five usual addresses for 30 days, and none of them can be read from Redis', async () => {
      const limiter = limiterWith();
      const places = Array.from({ length: 6 }, (_, index) => `10.${counter}.${index}.1`);
      for (const address of places) {
        await signIn(limiter, { address });
        clock.advance(1);
      }
      const atPlace = async (index: number) => {
        await limiter.clear(account);
        await refused(limiter, 50);
        return refused(limiter, 1, { address: `10.${counter}.${index}.99` });
      };
      expect(await Promise.all([atPlace(0)])).toEqual([0]);
      expect(await atPlace(1)).toBe(1);
      clock.advance(30 * day);
      expect(await atPlace(5)).toBe(0);

      const marks = usualAddresses.marksOf(account, '2001:db8:1:2::1');
      expect(marks).toEqual(usualAddresses.marksOf(account, '2001:db8:1:2:ffff::9'));
      expect(marks).not.toEqual(usualAddresses.marksOf(`${account}/other`, '2001:db8:1:2::1'));
      expect(usualAddresses.marksOf(account, 'no address')).toEqual([]);
    });

    it('knows a usual address after the encryption key was replaced', async () => {
      const added = new Secret(`k2:${Buffer.alloc(32, 9).toString('base64')},${encryptionKeys}`);
      await signIn(limiterWith(), { address: usual() });
      const limiter = limiterWith({}, createUsualAddresses(added));
      await refused(limiter, 50);
      expect(await refused(limiter, 1, { address: usual() })).toBe(1);
    });

    // attack: address lock-out by invented names | CWE-645 | guard: services/auth-api/src/users/attempts/address-counts.ts
    it('invented names cost who sends them, and nobody else at the same address', async () => {
      const limiter = limiterWith({ addressAttempts: 5 });
      const address = strange();
      await signIn(limiter, { address: usual(), device: 'home' });
      await signIn(limiter, { account: `${account}/colleague`, address });
      const invent = (from: number, place: Place = {}) =>
        Promise.allSettled(
          Array.from({ length: 20 }, (_, index) =>
            reserve(limiter, { ...place, account: `${account}/${from + index}` }).then((tried) =>
              tried.refuse(),
            ),
          ),
        );
      const outcomes = await invent(0);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
      await expect(reserve(limiter, { account: `${account}/own` })).rejects.toMatchObject({
        failure: 'throttled',
        detail: 'the address limit was reached',
      });

      await signIn(limiter, { device: 'home' });
      await signIn(limiter, { account: `${account}/colleague`, address });
      await signIn(limiter, { account: `${account}/newcomer`, address, isEarlyOnPage: true });
      // The account was not charged for what its address was refused.
      expect(await refused(limiter, 50, { account: `${account}/own`, address: '203.0.113.9' })).toBe(3);
    });

    it('a right password does not reset the count of its address', async () => {
      const limiter = limiterWith({ addressAttempts: 2 });
      await refused(limiter, 1);
      await signIn(limiter, { account: `${account}/own`, device: 'own' });
      await refused(limiter, 1);
      await expect(reserve(limiter, { account: `${account}/next` })).rejects.toMatchObject({ status: 429 });
    });

    it('explains what was spent and what is to wait, and can forget it', async () => {
      const limiter = limiterWith();
      await signIn(limiter, { address: usual(), device: 'home' });
      clock.advance(1000);
      await refused(limiter, 50);
      await refused(limiter, 1, { device: 'home' });
      expect(await limiter.explain(account, rules)).toEqual({
        rules,
        budget: { others: 3, knownBrowser: 1, usualAddress: 1 },
        refusals: [
          ...Array.from({ length: 3 }, () => ({ atMs: clock.now(), spender: 'others' })),
          { atMs: clock.now(), spender: 'knownBrowser' },
        ].sort((one, other) => one.spender.localeCompare(other.spender)),
        waitMs: { elsewhere: windowMs, usualAddress: 0, knownBrowser: windowMs },
        knownBrowsers: 1,
        usualAddresses: 1,
      });
      expect(await limiter.clear(account)).toBe(4);
      expect(await limiter.explain(account, rules)).toMatchObject({
        refusals: [],
        waitMs: { elsewhere: 0, usualAddress: 0, knownBrowser: 0 },
        knownBrowsers: 1,
      });
    });
  },
);

it('refuses when Redis cannot count', async () => {
  const store = await openRedis();
  const limiter = createAttemptLimiter({ ...store, limits, usualAddresses, now: Date.now });
  await store.server.stop();
  await expect(limiter.reserve({ account: 'a', rules, address: '192.0.2.1' })).rejects.toThrow();
  await store.close();
});
