/** Bounds how often secrets can be tried: per account and per address, in Redis, before anybody is asked. */
import type { Clock } from '../clock.ts';
import { sha256 } from '../crypto/digest.ts';
import { randomToken } from '../random.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Keyspace } from '../redis/keys.ts';
import { addressGroup } from './address-group.ts';
import { clearAttempts, releaseAttempt, reserveAttempt } from './attempt-scripts.ts';

export interface AttemptLimits {
  /**
   * Failures on one account within the window from devices that never proved its secret.
   */
  accountAttempts: number;
  /** The same for a device that did before: the rightful owner is not kept out by a stranger. */
  knownDeviceAttempts: number;
  accountWindowMs: number;
  /** Failures in a row that cost no waiting; from then on the wait doubles. */
  freeFailures: number;
  firstDelayMs: number;
  longestDelayMs: number;
  /** Failures in a row are forgotten when none came for so long. */
  streakLifeMs: number;
  /** Failures from one address (IPv6: one /64) within its window, over all accounts. */
  addressAttempts: number;
  addressWindowMs: number;
}

export interface AttemptSubject {
  /** Canonical: every spelling of one account gives the same text. */
  account: string;
  address: string;
  /** Tells a device that proved the secret before from a stranger's. */
  device?: string | undefined;
}

export interface Attempt {
  /** The password was right: the account starts anew. */
  succeed(): Promise<void>;
  /** Nobody was asked: the attempt does not count. */
  release(): Promise<void>;
}

/** There were too many: nobody is asked before `waitMs` have passed. */
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
  /** Before the names of its keys: counters with different ones know nothing of each other. */
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
    ...[limits.freeFailures, limits.firstDelayMs, limits.longestDelayMs, limits.streakLifeMs, device],
  ];
}

/** Many people share one address: the window alone counts, failures in a row say nothing. */
function addressArguments(limits: AttemptLimits, nowMs: number, id: string): (string | number)[] {
  return [
    ...[nowMs, id, limits.addressWindowMs, limits.addressAttempts, limits.addressAttempts],
    ...[never, 0, 0, limits.addressWindowMs, ''],
  ];
}
