import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AttemptLimits, createAttemptLimiter } from '../../src/users/attempt-limiter.ts';
import { SignInError } from '../../src/users/sign-in-error.ts';
import { openRedis, type RedisForTests, stoppedClock } from '../stack/redis.ts';

/** The defaults of the settings. */
const defaultAttemptLimits: AttemptLimits = {
  accountAttempts: 4,
  knownDeviceAttempts: 5,
  accountWindowMs: 20 * 60_000,
  freeFailures: 3,
  firstDelayMs: 1_000,
  maxDelayMs: 15 * 60_000,
  addressAttempts: 200,
  addressWindowMs: 10 * 60_000,
};

const windowMs = defaultAttemptLimits.accountWindowMs;
// Without the delays, so that the window alone is seen.
const windowOnly: AttemptLimits = { ...defaultAttemptLimits, freeFailures: 1000 };

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

    const limiterWith = (limits: AttemptLimits) => createAttemptLimiter({ ...store, limits, now: clock.now });
    const address = () => `192.0.2.${counter}`;

    async function allowed(limiter: ReturnType<typeof limiterWith>, tries: number, device?: string) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: tries }, () => limiter.reserve({ account, address: address(), device })),
      );
      return outcomes.filter(({ status }) => status === 'fulfilled').length;
    }

    it('lets 4 of 50 attempts at once through, and the next ones when the window has passed', async () => {
      const limiter = limiterWith(windowOnly);
      expect(await allowed(limiter, 50)).toBe(4);
      clock.advance(windowMs - 1);
      expect(await allowed(limiter, 50)).toBe(0);
      clock.advance(1);
      expect(await allowed(limiter, 50)).toBe(4);
    });

    it('says how long to wait', async () => {
      const limiter = limiterWith(windowOnly);
      await allowed(limiter, 4);
      clock.advance(60_000);
      const refusal = limiter.reserve({ account, address: address() });
      await expect(refusal).rejects.toMatchObject({
        failure: 'throttled',
        status: 429,
        retryAfterSeconds: windowMs / 1000 - 60,
      });
      await expect(refusal).rejects.toBeInstanceOf(SignInError);
    });

    it('starts anew after the right password', async () => {
      const limiter = limiterWith(windowOnly);
      await allowed(limiter, 3);
      const attempt = await limiter.reserve({ account, address: address() });
      await attempt.succeed();
      expect(await allowed(limiter, 10)).toBe(4);
    });

    it('does not count an attempt that nobody was asked about, not even twice', async () => {
      const limiter = limiterWith(windowOnly);
      const attempt = await limiter.reserve({ account, address: address() });
      await attempt.release();
      await attempt.release();
      expect(await allowed(limiter, 10)).toBe(4);
    });

    it('66: keeps nothing of refused attempts: names that a stranger makes up do not fill Redis', async () => {
      const limiter = limiterWith({ ...defaultAttemptLimits, addressAttempts: 1 });
      await limiter.reserve({ account, address: address() });
      const before = await store.redis.dbsize();
      await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) =>
          limiter.reserve({ account: `${account}/made-up ${index}`, address: address() }),
        ),
      );
      expect(await store.redis.dbsize()).toBe(before);
    });

    it('makes strangers wait longer with every failure, up to a bound', async () => {
      const limiter = limiterWith({ ...defaultAttemptLimits, accountAttempts: 1000, maxDelayMs: 4000 });
      expect(await allowed(limiter, 3)).toBe(3);
      for (const delayMs of [1000, 2000, 4000, 4000]) {
        clock.advance(delayMs - 1);
        expect(await allowed(limiter, 1)).toBe(0);
        clock.advance(1);
        expect(await allowed(limiter, 1)).toBe(1);
      }
    });

    it('leaves the device that signed in before a try of its own when strangers have used up theirs', async () => {
      const limiter = limiterWith(defaultAttemptLimits);
      await (await limiter.reserve({ account, address: address(), device: 'home' })).succeed();
      expect(await allowed(limiter, 50, 'stranger')).toBe(3);
      clock.advance(1000);
      expect(await allowed(limiter, 50, 'stranger')).toBe(1);
      expect(await allowed(limiter, 50, 'stranger')).toBe(0);
      expect(await allowed(limiter, 50, 'home')).toBe(1);
    });

    it('bounds one address over all accounts, and a right password there does not reset it', async () => {
      const limiter = limiterWith({ ...windowOnly, addressAttempts: 5 });
      for (let index = 0; index < 5; index += 1) {
        await limiter.reserve({ account: `${account}/${index}`, address: '2001:db8:1:2::1' });
      }
      await expect(
        limiter.reserve({ account: `${account}/own`, address: '2001:db8:1:2:ffff::9' }),
      ).rejects.toMatchObject({ failure: 'throttled', detail: 'the address limit was reached' });
      // The account was not charged for what its address was refused.
      await limiter.reserve({ account: `${account}/own`, address: '2001:db8:1:3::1' });
    });
  },
);

it('refuses when Redis cannot count', async () => {
  const store = await openRedis();
  const limiter = createAttemptLimiter({ ...store, limits: defaultAttemptLimits, now: Date.now });
  await store.server.stop();
  await expect(limiter.reserve({ account: 'a', address: '192.0.2.1' })).rejects.toThrow();
  await store.close();
});
