/** Limits how often secrets can be tried, by account and by address, in Redis, before the secret is verified. */
import type { Clock } from '../clock.ts';
import { randomToken, sha256 } from '../crypto/secrets.ts';
import type { Keyspace, RedisClient } from '../redis/client.ts';
import { addressGroup } from './address-group.ts';
import { clearAttempts, releaseAttempt, reserveAttempt } from './attempt-scripts.ts';

export interface AttemptLimits {
  /**
   * Failures on one account within the window from devices that never proved its secret.
   */
  accountAttempts: number;
  /** The limit for a device that has proved the secret before, so that a stranger cannot lock the owner out. */
  knownDeviceAttempts: number;
  accountWindowMs: number;
  /** Failures in a row that cost no waiting; from then on the wait doubles. */
  freeFailures: number;
  firstDelayMs: number;
  maxDelayMs: number;
  /** Failures in a row are reset after this time without one. */
  streakLifeMs: number;
  /** Failures from one address (IPv6: one /64) within its window, over all accounts. */
  addressAttempts: number;
  addressWindowMs: number;
}

export interface AttemptSubject {
  /** Canonical: the same text for every spelling of an account. */
  account: string;
  address: string;
  /** Identifies a device that may have proved the secret before. */
  device?: string | undefined;
}

export interface Attempt {
  /** The secret was right: resets the account. */
  succeed(): Promise<void>;
  /** The secret was not verified: the attempt does not count. */
  release(): Promise<void>;
}

/** There were too many attempts: the secret is not verified before `waitMs` have passed. */
export class AttemptRefused extends Error {
  readonly waitMs: number;
  readonly limit: 'account' | 'address';

  constructor(waitMs: number, limit: 'account' | 'address') {
    super(`the ${limit} limit was reached`);
    this.waitMs = waitMs;
    this.limit = limit;
  }
}

export interface AttemptCounter {
  /** @throws AttemptRefused */
  reserve(subject: AttemptSubject): Promise<Attempt>;
}

const deviceLifeMs = 90 * 24 * 3_600_000;
const rememberedDevices = 20;
const never = Number.MAX_SAFE_INTEGER;

export interface AttemptCounterOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  /** Prefix of its keys; counters with different names are independent. */
  name: string;
  limits: AttemptLimits;
  now: Clock;
}

export function createAttemptCounter(options: AttemptCounterOptions): AttemptCounter {
  const { redis, keyspace, name, limits, now } = options;
  const keysOf = (kind: 'account' | 'address', id: string) =>
    ['attempts', 'streak', 'devices'].map((part) => keyspace.key(`${name}:${kind}:${part}`, id));

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
        throw new AttemptRefused(
          Math.max(accountWaitMs, addressWaitMs),
          accountWaitMs > 0 ? 'account' : 'address',
        );
      }
      return {
        async succeed() {
          await Promise.all([
            clearAttempts.run(redis, account, [now(), device, rememberedDevices, deviceLifeMs]),
            // Only this attempt: an attacker's own valid account must not reset the count of an address.
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
    ...[limits.freeFailures, limits.firstDelayMs, limits.maxDelayMs, limits.streakLifeMs, device],
  ];
}

/** Many people share one address, so only the window counts, not failures in a row. */
function addressArguments(limits: AttemptLimits, nowMs: number, id: string): (string | number)[] {
  return [
    ...[nowMs, id, limits.addressWindowMs, limits.addressAttempts, limits.addressAttempts],
    ...[never, 0, 0, limits.addressWindowMs, ''],
  ];
}
