/** Replicas of the release before count attempts in the same sets: together they stay below the lock of the directory. */
import { Secret } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPasswordAttemptLimiter } from '../../../src/people/accounts/attempts/limiter.ts';
import { createUsualAddresses } from '../../../src/people/accounts/attempts/usual-addresses.ts';
import { encryptionKeys } from '../../stack/auth-api.ts';
import { openRedis, type RedisForTests, stoppedClock } from '../../stack/redis.ts';
import { formerLimiter } from './former-attempts.ts';

const windowMs = 20 * 60_000;
const clock = stoppedClock();
const usualAddresses = createUsualAddresses(new Secret(encryptionKeys));
const limits = {
  freeFailures: 1_000,
  firstDelayMs: 1_000,
  maxDelayMs: 300_000,
  addressAttempts: 1_000,
  addressWindowMs: windowMs,
};
const people = ['stranger', 'known browser', 'usual address'] as const;

let store: RedisForTests;
beforeAll(async () => {
  store = await openRedis();
});
afterAll(() => store?.close());

/** Every order in which two of the three come first, and the third last, on each release. */
const orders = people.flatMap((first) =>
  people.filter((second) => second !== first).map((second) => [first, second, ...people] as const),
);

describe.each([2, 3, 4, 5, 6, 8])('where the directory locks at refusal %i', (threshold) => {
  // attack: guesses through both releases during an upgrade | CWE-645 | guard: services/auth-api/src/people/accounts/attempts/scripts.ts
  it.each(orders)(
    'guesses of %s, %s and all others through both releases stay below it',
    async (...order) => {
      const account = `account ${threshold} ${order.join()}`;
      const rules = { threshold, windowMs, from: 'server' as const };
      const limiter = createPasswordAttemptLimiter({ ...store, limits, usualAddresses, now: clock.now });
      const former = formerLimiter(store, windowMs);
      const [away, home] = ['198.51.100.7', '192.0.2.7'];
      const login = await limiter.reserve({ account, rules, address: home, device: 'home' });
      await login.succeed();
      clock.advance(1);
      let counted = 0;
      for (const who of order)
        for (let round = 0; round < 8; round += 1) {
          const address = who === 'usual address' ? home : away;
          const device = who === 'known browser' ? 'home' : '';
          const marks = usualAddresses.marksOf(account, address);
          if (round % 3 === 1 && (await former(account, threshold, device, marks, clock.now()))) counted += 1;
          await limiter
            .reserve({ account, rules, address, ...(device === '' ? {} : { device }) })
            .then((attempt) => attempt.refuse())
            .then(() => {
              counted += 1;
            })
            .catch(() => undefined);
          if (round % 3 !== 1 && (await former(account, threshold, device, marks, clock.now()))) counted += 1;
        }
      expect(counted).toBe(threshold - 1);
      expect((await limiter.explain(account, rules)).counted).toBe(threshold - 1);
    },
  );
});
