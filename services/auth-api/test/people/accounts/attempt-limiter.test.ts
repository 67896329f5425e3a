import { Secret } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { budgetOf, type LockoutRules } from '../../../src/people/accounts/attempts/budget.ts';
import {
  type Attempt,
  createPasswordAttemptLimiter,
  type PasswordAttemptLimits,
} from '../../../src/people/accounts/attempts/limiter.ts';
import { createUsualAddresses } from '../../../src/people/accounts/attempts/usual-addresses.ts';
import { SignInError } from '../../../src/people/directories/sign-in-error.ts';
import { encryptionKeys } from '../../stack/auth-api.ts';
import { openRedis, type RedisForTests, stoppedClock } from '../../stack/redis.ts';

/** The defaults of the settings. */
const limits: PasswordAttemptLimits = {
  freeFailures: 3,
  firstDelayMs: 1_000,
  maxDelayMs: 300_000,
  addressAttempts: 200,
  addressWindowMs: 10 * 60_000,
};
const windowMs = 20 * 60_000;
const day = 24 * 3_600_000;
const usualAddresses = createUsualAddresses(new Secret(encryptionKeys));
const rulesWith = (threshold: number): LockoutRules => ({ threshold, windowMs, from: 'server' });
const rules = rulesWith(8);
/** Of a directory that locks nobody. */
const never = rulesWith(0);
const proof = {
  user: { userDbid: 1, tenantDbid: 101, userName: 'agent', changePasswordRequired: false },
  provedAtMs: 0,
};

it.each([
  [1, { others: 1, knownBrowser: 0, usualAddress: 0 }],
  [2, { others: 1, knownBrowser: 0, usualAddress: 0 }],
  [3, { others: 1, knownBrowser: 1, usualAddress: 0 }],
  [4, { others: 1, knownBrowser: 2, usualAddress: 0 }],
  [5, { others: 1, knownBrowser: 3, usualAddress: 0 }],
  [6, { others: 1, knownBrowser: 3, usualAddress: 1 }],
  [8, { others: 3, knownBrowser: 3, usualAddress: 1 }],
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

    const limiterWith = (own: Partial<PasswordAttemptLimits> = {}, addresses = usualAddresses) =>
      createPasswordAttemptLimiter({
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

    // attack: parallel password guessing | ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
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

    // attack: account lock-out by a stranger | ASVS 6.3.1, CWE-645 | guard: services/auth-api/src/people/accounts/attempts/budget.ts
    it('strangers leave three refusals to known browsers and one to usual addresses, and all stay below the lock', async () => {
      const limiter = limiterWith();
      await signIn(limiter, { address: usual(), device: 'home' });
      expect(await refused(limiter, 50)).toBe(3);
      expect(await refused(limiter, 50, { device: 'stranger' })).toBe(0);
      expect(await refused(limiter, 50, { address: `192.0.${counter}.200`, device: 'new' })).toBe(1);
      expect(await refused(limiter, 50, { device: 'home' })).toBe(3);
      expect(await refused(limiter, 50, { address: usual(), device: 'home' })).toBe(0);
    });

    // attack: stranger's guesses make the owner wait after one typing mistake | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
    it.each([
      ['locks at the sixth refusal', rulesWith(6)],
      ['locks nobody', never],
    ])(
      'the owner in a known browser mistypes once after guesses of strangers, and does not wait, where the directory %s',
      async (_what, own) => {
        const limiter = limiterWith();
        await signIn(limiter, { address: usual(), device: 'home', rules: own });
        for (let guesses = 0; guesses < 4; guesses += 1) {
          await refused(limiter, 50, { rules: own });
          clock.advance(8_000);
        }
        expect(await refused(limiter, 1, { rules: own, device: 'home' })).toBe(1);
        await expect(reserve(limiter, { rules: own, device: 'home' })).resolves.toBeDefined();
        expect((await limiter.explain(account, own)).waitMs).toMatchObject({ knownBrowser: 0 });
      },
    );

    // attack: denial of service by parallel logins | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/turns.ts
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

    // attack: denial of service by many logins at once | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/same-password.ts
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

    // attack: guesses compared with a login of the person at no cost | ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/attempts/same-password.ts
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

    it.each([
      ['locks late', rulesWith(1000)],
      ['locks nobody', never],
    ])(
      'makes strangers wait longer with every refusal, up to a bound, where the directory %s',
      async (_what, own) => {
        const limiter = limiterWith({ maxDelayMs: 4000 });
        const generous = { rules: own };
        expect(await refused(limiter, 50, generous)).toBe(3);
        for (const delayMs of [1000, 2000, 4000, 4000]) {
          clock.advance(delayMs - 1);
          expect(await refused(limiter, 1, generous)).toBe(0);
          clock.advance(1);
          expect(await refused(limiter, 50, generous)).toBe(1);
        }
      },
    );

    it('lets waits grow from one second to five minutes, where the directory locks nobody', async () => {
      const limiter = limiterWith();
      await refused(limiter, 50, { rules: never });
      const waits: number[] = [];
      for (let index = 0; index < 11; index += 1) {
        const { waitMs } = await limiter.explain(account, never);
        waits.push(waitMs.elsewhere / 1000);
        clock.advance(waitMs.elsewhere);
        expect(await refused(limiter, 50, { rules: never })).toBe(1);
      }
      expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    });

    // attack: attempts during a wait hold the person at the longest one | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
    it('an attempt during a wait does not count, and the wait ends when it would have ended', async () => {
      const limiter = limiterWith();
      await refused(limiter, 50, { rules: never });
      clock.advance(999);
      expect(await refused(limiter, 50, { rules: never })).toBe(0);
      clock.advance(1);
      expect(await refused(limiter, 1, { rules: never })).toBe(1);
      expect((await limiter.explain(account, never)).waitMs.elsewhere).toBe(2_000);
    });

    it('counts refusals of strangers, usual addresses and known browsers apart, where the directory locks nobody', async () => {
      const limiter = limiterWith();
      await signIn(limiter, { address: usual(), device: 'home', rules: never });
      expect(await refused(limiter, 50, { rules: never })).toBe(3);
      expect(await refused(limiter, 3, { rules: never, device: 'home' })).toBe(3);
      expect(await refused(limiter, 3, { rules: never, address: usual() })).toBe(3);
    });

    it('remembers no more refusals than make the wait longer, however long somebody guesses', async () => {
      const limiter = limiterWith();
      for (let index = 0; index < 60; index += 1) {
        await refused(limiter, 1, { rules: never });
        clock.advance(300_000);
      }
      expect((await limiter.explain(account, never)).counted).toBe(35);
    });

    it('remembers five usual addresses for 30 days, and none of them can be read from Redis', async () => {
      const limiter = limiterWith();
      const places = Array.from({ length: 6 }, (_, index) => `10.${counter}.${index}.1`);
      for (const address of places) {
        await signIn(limiter, { address });
        clock.advance(1);
      }
      const atPlace = async (index: number) => {
        clock.advance(windowMs);
        await refused(limiter, 50);
        return refused(limiter, 1, { address: `10.${counter}.${index}.99` });
      };
      expect(await atPlace(0)).toBe(0);
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

    // attack: address lock-out by invented names | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/address-counts.ts
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

    it('explains what was spent and what is to wait', async () => {
      const limiter = limiterWith();
      await signIn(limiter, { address: usual(), device: 'home' });
      clock.advance(1000);
      await refused(limiter, 50);
      await refused(limiter, 1, { device: 'home' });
      expect(await limiter.explain(account, rules)).toEqual({
        rules,
        budget: { others: 3, knownBrowser: 3, usualAddress: 1 },
        refusals: expect.arrayContaining([
          ...Array.from({ length: 3 }, () => ({ atMs: clock.now(), spender: 'others' })),
          { atMs: clock.now(), spender: 'knownBrowser' },
        ]),
        counted: 4,
        waitMs: { elsewhere: windowMs, usualAddress: 0, knownBrowser: 0 },
        knownBrowsers: 1,
        usualAddresses: 1,
      });
    });

    describe('an unlock', () => {
      it('lets strangers try again, and they wait no longer', async () => {
        const limiter = limiterWith();
        await refused(limiter, 50);
        expect(await limiter.unlock(account)).toEqual({ waitMs: 0, refusals: 3 });
        expect(await limiter.explain(account, rules)).toMatchObject({
          refusals: [],
          counted: 3,
          waitMs: { elsewhere: 0, usualAddress: 0, knownBrowser: 0 },
        });
        expect(await refused(limiter, 50)).toBe(3);
      });

      // attack: guesses between unlocks reach the lock of the directory | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
      it.each([2, 3, 4, 5, 6, 7, 8, 20])(
        'never gives back what the directory has counted: with a threshold of %i everybody together stays below it',
        async (threshold) => {
          const limiter = limiterWith({ freeFailures: 1000 });
          const place = { rules: rulesWith(threshold) };
          await signIn(limiter, { ...place, address: usual(), device: 'home' });
          let counted = 0;
          for (let unlocks = 0; unlocks < 4; unlocks += 1) {
            counted += await refused(limiter, 50, place);
            counted += await refused(limiter, 50, { ...place, device: 'home' });
            counted += await refused(limiter, 50, { ...place, address: usual() });
            await limiter.unlock(account);
          }
          expect(counted).toBe(threshold - 1);
        },
      );

      // attack: guesses between unlocks | ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
      it('comes at most three times within an hour, and says when the next one is possible', async () => {
        const limiter = limiterWith();
        const place = { rules: never };
        for (let unlocks = 0; unlocks < 3; unlocks += 1) {
          await refused(limiter, 50, place);
          expect(await limiter.unlock(account)).toEqual({ waitMs: 0, refusals: 3 });
        }
        await refused(limiter, 50, place);
        const { waitMs, refusals } = await limiter.unlock(account);
        expect(refusals).toBe(0);
        expect(waitMs).toBeGreaterThan(3_500_000);
        expect(waitMs).toBeLessThanOrEqual(3_600_000);
        // What is to wait stays, and so does the count of unlocks.
        expect((await limiter.explain(account, never)).waitMs.elsewhere).toBeGreaterThan(0);
      });

      // attack: many unlocks at once between guesses | CWE-362, ASVS 6.3.1 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
      it('comes no more often where many replicas are asked at once while somebody guesses', async () => {
        const replicas = Array.from({ length: 6 }, () => limiterWith({ freeFailures: 1000 }));
        const outcomes: { waitMs: number; refusals: number }[] = [];
        const guessAndUnlock = async (limiter: Limiter) => {
          for (let round = 0; round < 5; round += 1) {
            await refused(limiter, 1, { rules: never });
            outcomes.push(await limiter.unlock(account));
          }
        };
        await Promise.all(replicas.map(guessAndUnlock));
        expect(outcomes.filter(({ refusals }) => refusals > 0)).toHaveLength(3);
        expect(outcomes.some(({ waitMs }) => waitMs > 0)).toBe(true);
      });

      it('that finds nothing to forget does not count', async () => {
        const limiter = limiterWith();
        for (let index = 0; index < 5; index += 1)
          expect(await limiter.unlock(account)).toEqual({ waitMs: 0, refusals: 0 });
        await refused(limiter, 50);
        expect(await limiter.unlock(account)).toEqual({ waitMs: 0, refusals: 3 });
      });
    });
  },
);

it('refuses when Redis cannot count', async () => {
  const store = await openRedis();
  const limiter = createPasswordAttemptLimiter({ ...store, limits, usualAddresses, now: Date.now });
  await store.server.stop();
  await expect(limiter.reserve({ account: 'a', rules, address: '192.0.2.1' })).rejects.toThrow();
  await store.close();
});
