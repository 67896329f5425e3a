/** Checks presented secrets with work that does not tell whether their owner exists. */

import { createHmac } from 'node:crypto';
import type { Clock } from '@gatehouse/service-kit/clock';
import { tooManyRequests } from '@gatehouse/service-kit/errors/app-error';
import { createGrowingCache } from '@gatehouse/service-kit/growing-cache';
import { addressGroup } from '@gatehouse/service-kit/limits/address-group';
import {
  type Attempt,
  type AttemptCounter,
  AttemptRefused,
} from '@gatehouse/service-kit/limits/attempt-counter';
import { createAddressLimiter, createAttemptLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import { createSlowWork } from '@gatehouse/service-kit/limits/slow-work';
import { randomBytes } from '@gatehouse/service-kit/random';
import { LRUCache } from 'lru-cache';
import { hashSlowly, isDigest, matchesDigest, matchesSlowHash, type StoredSecret } from './stored-secret.ts';

export interface SecretCheck {
  /** Client id or operator name, whether it exists or not. */
  owner: string;
  /** Empty when there is no such owner. */
  secrets: readonly StoredSecret[];
  presented: string;
  clientAddress: string;
  /** People chose it although it is stored as a digest: it can be guessed, so failures count against it. */
  isChosen?: boolean;
}

export interface SecretVerifier {
  /** @throws AppError (429) after too many failures, (503) when too many checks are waiting. */
  verify(check: SecretCheck): Promise<boolean>;
  /** For secrets that callers choose. @throws AppError (503) */
  hash(secret: string): Promise<string>;
  /** Forgets which secrets were right: something about their owners changed. */
  forget(): void;
}

export interface SecretVerifierOptions {
  now: Clock;
  concurrency: number;
  /** Failed attempts that one address may make for one owner, and in all, per minute. */
  failuresPerOwner?: number;
  failuresPerAddress?: number;
  /**
   * Counts for all replicas together what this process is about to compare slowly, and what nobody can prove. Its
   * device is the address: one that proved the secret before is not kept out by strangers.
   */
  shared?: AttemptCounter;
  /** The slow comparison; tests count its calls. */
  matches?: (stored: string, secret: string) => Promise<boolean>;
}

const windowMs = 60_000;
const mostOwners = 50_000;
/** RFC 6749 sets no limit; bcrypt reads 72 bytes and nobody types more than this. */
const longestSecret = 1024;

export async function createSecretVerifier(options: SecretVerifierOptions): Promise<SecretVerifier> {
  const { now, concurrency, matches = matchesSlowHash } = options;
  const { shared } = options;
  /** Until when owners are refused from an address, and from those that proved nothing here, as the shared count has it. */
  const refusedUntilMs = createGrowingCache<number>(mostOwners);
  /** Owners from the addresses that proved their secret here. */
  const proved = createGrowingCache<true>(mostOwners);
  const slowWork = createSlowWork({ concurrency, queueLength: 64 });
  const perOwner = createAttemptLimiter({ attempts: options.failuresPerOwner ?? 20, windowMs, now });
  const perAddress = createAddressLimiter({ attempts: options.failuresPerAddress ?? 200, windowMs, now });
  // A right answer is remembered under a key that only this process can make; a changed hash is another key.
  const memoryKeySecret = randomBytes(32);
  const verified = new LRUCache<string, true>({ max: 10_000, ttl: 3_600_000 });
  const inFlight = new Map<string, Promise<boolean>>();
  const decoy = await hashSlowly(randomBytes(16).toString('hex'));

  const memoryKey = (owner: string, stored: string, presented: string) =>
    createHmac('sha256', memoryKeySecret)
      .update(JSON.stringify([owner, stored, presented]))
      .digest('base64url');

  const ownerKeyOf = (owner: string, clientAddress: string) => `${owner} from ${clientAddress}`;

  /** A right answer between refused ones would tell a guesser all the same. @throws AppError (429) */
  function refuseWhileGuessed(owner: string, clientAddress: string): void {
    const ownerKey = ownerKeyOf(owner, clientAddress);
    perOwner.check(ownerKey);
    const untilMs = Math.max(
      refusedUntilMs.get(ownerKey) ?? 0,
      // Who guesses from many addresses must not learn more from each new one.
      proved.has(ownerKey) ? 0 : (refusedUntilMs.get(owner) ?? 0),
    );
    if (untilMs > now()) throw refusal(untilMs - now(), ownerKey);
  }

  /** Undefined where nothing is shared. @throws AppError (429) */
  async function reserveShared(owner: string, clientAddress: string): Promise<Attempt | undefined> {
    try {
      return await shared?.reserve({
        account: owner,
        address: clientAddress,
        device: addressGroup(clientAddress),
      });
    } catch (error) {
      if (!(error instanceof AttemptRefused)) throw error;
      const ownerKey = ownerKeyOf(owner, clientAddress);
      refusedUntilMs.set(ownerKey, now() + error.waitMs);
      if (error.limit === 'account') refusedUntilMs.set(owner, now() + error.waitMs);
      throw refusal(error.waitMs, ownerKey);
    }
  }

  async function verifySlowly(
    { owner, presented, clientAddress }: SecretCheck,
    hashes: string[],
  ): Promise<boolean> {
    const keys = hashes.map((stored) => memoryKey(owner, stored, presented));
    if (keys.some((key) => verified.has(key))) {
      refuseWhileGuessed(owner, clientAddress);
      proved.set(ownerKeyOf(owner, clientAddress), true);
      return true;
    }
    // A burst of an honest client after a restart is one check and one attempt, not thirty.
    const burst = [clientAddress, ...keys, memoryKey(owner, '', presented)].join(' ');
    const running = inFlight.get(burst) ?? compareSlowly({ owner, clientAddress, presented }, hashes, keys);
    inFlight.set(burst, running);
    try {
      return await running;
    } finally {
      inFlight.delete(burst);
    }
  }

  async function compareSlowly(
    { owner, clientAddress, presented }: Omit<SecretCheck, 'secrets'>,
    hashes: string[],
    keys: string[],
  ): Promise<boolean> {
    const ownerKey = ownerKeyOf(owner, clientAddress);
    // The owner first: what is tried on it counts even where the address has no tries left.
    perOwner.reserve(ownerKey);
    perAddress.reserve(clientAddress);
    const attempt = await reserveShared(owner, clientAddress);
    // Without a slow hash of its own an owner costs the same as one with it, and so does nobody.
    const compared = hashes.length > 0 ? hashes : [decoy];
    const results: boolean[] = [];
    for (const stored of compared) results.push(await slowWork.run(() => matches(stored, presented)));
    const index = hashes.length > 0 ? results.indexOf(true) : -1;
    if (index === -1) return false;
    perAddress.release(clientAddress);
    perOwner.release(ownerKey);
    await attempt?.succeed();
    proved.set(ownerKey, true);
    verified.set(keys[index] ?? '', true);
    return true;
  }

  function isLive({ expiresAtMs }: StoredSecret): boolean {
    return expiresAtMs === undefined || expiresAtMs > now();
  }

  return {
    async verify(check) {
      if (check.presented === '' || check.presented.length > longestSecret) {
        // No secret costs no work, but what is told about it (audit) is bounded all the same.
        perAddress.reserve(check.clientAddress);
        return false;
      }
      const live = check.secrets.filter(isLive);
      const digests = live.filter(({ hash }) => isDigest(hash));
      if (digests.some(({ hash }) => matchesDigest(hash, check.presented))) {
        if (check.isChosen) {
          refuseWhileGuessed(check.owner, check.clientAddress);
          proved.set(ownerKeyOf(check.owner, check.clientAddress), true);
        }
        return true;
      }
      const slowHashes = live.map(({ hash }) => hash).filter((hash) => !isDigest(hash));
      return verifySlowly(check, slowHashes);
    },
    hash: (secret) => slowWork.run(() => hashSlowly(secret)),
    forget: () => verified.clear(),
  };
}

function refusal(waitMs: number, ownerKey: string) {
  return tooManyRequests(Math.max(1, Math.ceil(waitMs / 1000)), {
    detail: `too many attempts by ${ownerKey}`,
  });
}
