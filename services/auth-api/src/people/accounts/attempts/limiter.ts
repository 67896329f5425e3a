/** Limits how often passwords can be tried: below the lock of the Configuration Server, and by address. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { type AccountSubject, createAccountCounts } from './account-counts.ts';
import type { Pace } from './account-store.ts';
import { createAddressCounts } from './address-counts.ts';
import type { Proof } from './same-password.ts';
import type { UsualAddresses } from './usual-addresses.ts';

export interface PasswordAttemptLimits extends Pace {
  /** Refusals from one address (IPv6: one /64) within its window, over all accounts. */
  addressAttempts: number;
  addressWindowMs: number;
}

export interface PasswordAttemptSubject extends AccountSubject {
  /** One of the first attempts at a login page of ours. */
  isEarlyOnPage?: boolean | undefined;
}

export interface Attempt {
  /** The server has answered this just now, and need not be asked. */
  proof: Proof | undefined;
  /** The password was right: forgets the refusals of the account, and remembers browser and address. */
  succeed(proof?: Proof): Promise<void>;
  /** The Configuration Server said that the password is wrong. */
  refuse(): Promise<void>;
  /** Nobody answered, or nobody was asked: the attempt does not count. */
  release(): Promise<void>;
  /** The account turned out to be another one, for which alone the attempt counts from here on. @throws SignInError `throttled` */
  moveTo(account: string): Promise<void>;
}

export type PasswordAttemptLimiter = ReturnType<typeof createPasswordAttemptLimiter>;

export interface PasswordAttemptLimiterOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  limits: PasswordAttemptLimits;
  usualAddresses: UsualAddresses;
  now: Clock;
}

/**
 * An attempt is reserved before the password is verified, and given back unless the answer was a refusal. So parallel attempts
 * get no more tries than serial ones, and right passwords consume nothing.
 */
export function createPasswordAttemptLimiter({
  redis,
  keyspace,
  limits,
  usualAddresses,
  now,
}: PasswordAttemptLimiterOptions) {
  const accounts = createAccountCounts({ redis, keyspace, pace: limits, usualAddresses, now });
  const addresses = createAddressCounts({
    redis,
    keyspace,
    now,
    attempts: limits.addressAttempts,
    windowMs: limits.addressWindowMs,
  });

  return {
    /** @throws SignInError `throttled` with the time to wait */
    async reserve(subject: PasswordAttemptSubject): Promise<Attempt> {
      let onAccount = await accounts.reserve(subject);
      const group = onAccount.isUsualAddress ? 'usual' : subject.isEarlyOnPage ? 'page' : 'other';
      // A known browser proved the password before: what others do at its address is not its fault.
      const isProved = onAccount.isKnownBrowser || onAccount.proof !== undefined;
      const fromAddress = isProved
        ? undefined
        : await addresses.reserve(subject.address, group).catch(async (error) => {
            await onAccount.release();
            throw error;
          });
      let isSettled = false;
      const once = async (settle: () => unknown[]) => {
        if (isSettled) return;
        isSettled = true;
        await Promise.all(settle());
      };
      return {
        proof: onAccount.proof,
        // At the address only this attempt: an attacker's own valid account must not reset its count.
        succeed: (proof) => once(() => [onAccount.succeed(proof), fromAddress?.release()]),
        refuse: () => once(() => [onAccount.refuse(), fromAddress?.refuse()]),
        release: () => once(() => [onAccount.release(), fromAddress?.release()]),
        async moveTo(account) {
          // Without the question: its answer is awaited under the other name.
          const moved = await accounts.reserve({ ...subject, account, question: undefined });
          await onAccount.release();
          onAccount = moved;
        },
      };
    },
    explain: accounts.explain,
    explainAddress: addresses.explain,
    unlock: accounts.unlock,
    forget: accounts.forget,
  };
}
