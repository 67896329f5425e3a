/** Bounds how often passwords can be tried: per account and per address, in Redis, before anybody is asked. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { randomToken } from '@gatehouse/service-kit/random';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { clearAttempts, releaseAttempt, reserveAttempt } from './attempt-scripts.ts';
import { addressGroup } from './client-address.ts';
import { SignInError } from './sign-in-error.ts';

export interface AttemptLimits {
  /**
   * Failures on one account within the window from devices that never signed in to it. Keep it below the
   * `account-lockout-threshold` of the Configuration Servers: then no stranger can lock an account.
   */
  accountAttempts: number;
  /** The same for a device that did sign in before: the rightful user is not kept out by a stranger. */
  knownDeviceAttempts: number;
  accountWindowMs: number;
  /** Failures in a row that cost no waiting; from then on the wait doubles. */
  freeFailures: number;
  firstDelayMs: number;
  longestDelayMs: number;
  /** Failures from one address (IPv6: one /64) within its window, over all accounts. */
  addressAttempts: number;
  addressWindowMs: number;
}

export const defaultAttemptLimits: AttemptLimits = {
  accountAttempts: 4,
  knownDeviceAttempts: 5,
  accountWindowMs: 20 * 60_000,
  freeFailures: 3,
  firstDelayMs: 1_000,
  longestDelayMs: 15 * 60_000,
  addressAttempts: 200,
  addressWindowMs: 10 * 60_000,
};

export interface AttemptSubject {
  /** Canonical: every spelling of one account gives the same text. */
  account: string;
  address: string;
  /** Value of the browser-binding cookie. */
  device?: string | undefined;
}

export interface Attempt {
  /** The password was right: the account starts anew. */
  succeed(): Promise<void>;
  /** Nobody was asked: the attempt does not count. */
  release(): Promise<void>;
}

export interface AttemptLimiter {
  /** @throws SignInError `throttled` with the time to wait */
  reserve(subject: AttemptSubject): Promise<Attempt>;
}

const streakLifeMs = 24 * 3_600_000;
const deviceLifeMs = 90 * 24 * 3_600_000;
const rememberedDevices = 20;
const never = Number.MAX_SAFE_INTEGER;

interface LimiterOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  limits: AttemptLimits;
  now: Clock;
}

export function createAttemptLimiter({ redis, keyspace, limits, now }: LimiterOptions): AttemptLimiter {
  const keysOf = (kind: 'account' | 'address', id: string) =>
    ['attempts', 'streak', 'devices'].map((part) => keyspace.key(`limit:${kind}:${part}`, id));

  return {
    async reserve(subject) {
      const id = randomToken(9);
      const device = subject.device === undefined ? '' : sha256(subject.device);
      const account = keysOf('account', sha256(subject.account));
      const address = keysOf('address', addressGroup(subject.address));
      const release = (keys: string[]) => releaseAttempt.run(redis, keys.slice(0, 2), [id]);

      const [accountWaitMs, addressWaitMs] = (await Promise.all([
        reserveAttempt.run(redis, account, accountArguments(limits, now(), id, device)),
        reserveAttempt.run(redis, address, addressArguments(limits, now(), id)),
      ])) as [number, number];
      if (accountWaitMs > 0 || addressWaitMs > 0) {
        await Promise.all([
          ...(accountWaitMs === 0 ? [release(account)] : []),
          ...(addressWaitMs === 0 ? [release(address)] : []),
        ]);
        throw throttled(Math.max(accountWaitMs, addressWaitMs), accountWaitMs > 0 ? 'account' : 'address');
      }
      return {
        async succeed() {
          await Promise.all([
            clearAttempts.run(redis, account, [now(), device, rememberedDevices, deviceLifeMs]),
            // Only its own attempt: a valid account of one's own must not reset the count of an address.
            release(address),
          ]);
        },
        async release() {
          await Promise.all([release(account), release(address)]);
        },
      };
    },
  };
}

function accountArguments(
  limits: AttemptLimits,
  nowMs: number,
  id: string,
  device: string,
): (string | number)[] {
  return [
    ...[nowMs, id, limits.accountWindowMs, limits.accountAttempts, limits.knownDeviceAttempts],
    ...[limits.freeFailures, limits.firstDelayMs, limits.longestDelayMs, streakLifeMs, device],
  ];
}

/** Many people share one address: the window alone counts, failures in a row say nothing. */
function addressArguments(limits: AttemptLimits, nowMs: number, id: string): (string | number)[] {
  return [
    ...[nowMs, id, limits.addressWindowMs, limits.addressAttempts, limits.addressAttempts],
    ...[never, 0, 0, limits.addressWindowMs, ''],
  ];
}

function throttled(waitMs: number, limit: 'account' | 'address'): SignInError {
  return new SignInError('throttled', {
    retryAfterSeconds: Math.ceil(waitMs / 1000),
    detail: `the ${limit} limit was reached`,
  });
}
