/** Verifies presented secrets with work that does not show whether their owner exists. */
import { createHmac, createSecretKey } from 'node:crypto';
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { isDigest, matchesDigest, randomBytes } from '@gatehouse/service-kit/crypto';
import { tooManyRequests } from '@gatehouse/service-kit/errors';
import {
  type Attempt,
  type AttemptCounter,
  AttemptRefused,
  addressGroup,
  createAddressLimiter,
  createAttemptLimiter,
  createSemaphore,
} from '@gatehouse/service-kit/limits';
import { LRUCache } from 'lru-cache';
import { hashOfNothing, hashSlowly, matchesSlowHash, type StoredSecret } from './stored-secret.ts';

export interface SecretCheck {
  /** Each kind counts apart: no client id that a stranger invents uses up the attempts on a service or the operator. */
  kind: 'client' | 'service' | 'operator';
  /** Client id or operator name; it need not exist. */
  owner: string;
  /** Empty when the owner does not exist. */
  secrets: readonly StoredSecret[];
  /** What was sent, in each way in which it can be read: one attempt, because at most one of them is meant. */
  presented: readonly string[];
  clientAddress: string;
}

/** `owner`: with its kind. */
type OwnedSecret = Pick<SecretCheck, 'owner' | 'presented' | 'clientAddress'>;

interface Comparison {
  stored: string;
  reading: string;
}

export type SecretVerifier = ReturnType<typeof createSecretVerifier>;

interface SecretVerifierOptions {
  now: Clock;
  concurrency: number;
  /** Failed attempts that one address may make for one owner, and in all, per minute. */
  failuresPerOwner?: number;
  failuresPerAddress?: number;
  /**
   * Counts slow comparisons for all replicas together. Its device is the address, so that an address which has proved
   * the secret is not locked out by failures of others.
   */
  shared?: AttemptCounter;
  /** The slow comparison; tests replace it. */
  matches?: (stored: string, secret: string) => Promise<boolean>;
}

const windowMs = 60_000;
const maxOwners = 50_000;
/** RFC 6749 sets no limit; bcrypt reads 72 bytes. */
const maxSecretLength = 1024;

export function createSecretVerifier(options: SecretVerifierOptions) {
  const { now, concurrency, matches = matchesSlowHash } = options;
  const { shared } = options;
  /** Until when the shared count refuses an owner: from one address, and from all that have not proved the secret here. */
  const refusedUntilMs = createGrowingCache<number>(maxOwners);
  /** Pairs of owner and address that have proved the secret here. */
  const proved = createGrowingCache<true>(maxOwners);
  const slowWork = createSemaphore({ concurrency, queueLength: 64 });
  const perOwner = createAttemptLimiter({ attempts: options.failuresPerOwner ?? 20, windowMs, now });
  const perAddress = createAddressLimiter({ attempts: options.failuresPerAddress ?? 200, windowMs, now });
  // A verified secret is remembered under an HMAC with a key of this process; a changed hash gives another HMAC.
  const memoryKeySecret = createSecretKey(randomBytes(32));
  const verified = new LRUCache<string, true>({ max: 10_000, ttl: 3_600_000 });
  const inFlight = new Map<string, Promise<boolean>>();
  const dummyHash = hashOfNothing();

  const memoryKey = (owner: string, { stored, reading }: Comparison) =>
    createHmac('sha256', memoryKeySecret)
      .update(JSON.stringify([owner, stored, reading]))
      .digest('base64url');

  const ownerKeyOf = (owner: string, clientAddress: string) => `${owner} from ${clientAddress}`;

  /** Refuses even the right secret while guesses are refused: its acceptance would tell a guesser. @throws AppError (429) */
  function refuseWhileGuessed(owner: string, clientAddress: string): void {
    const ownerKey = ownerKeyOf(owner, clientAddress);
    perOwner.check(ownerKey);
    const untilMs = Math.max(
      refusedUntilMs.get(ownerKey) ?? 0,
      // A guesser must not get new attempts with each new address.
      proved.has(ownerKey) ? 0 : (refusedUntilMs.get(owner) ?? 0),
    );
    if (untilMs > now()) throw refusal(untilMs - now(), ownerKey);
  }

  /** Resolves undefined without a shared count. @throws AppError (429) */
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

  async function verifySlowly(check: OwnedSecret, hashes: string[]): Promise<boolean> {
    const { owner, presented, clientAddress } = check;
    // The dummy hash makes a missing owner, and an owner without a slow hash, cost the same time.
    const compared = hashes.length > 0 ? hashes : [dummyHash];
    const comparisons = compared.flatMap((stored) => presented.map((reading) => ({ stored, reading })));
    const keys = comparisons.map((comparison) => memoryKey(owner, comparison));
    if (keys.some((key) => verified.has(key))) {
      refuseWhileGuessed(owner, clientAddress);
      proved.set(ownerKeyOf(owner, clientAddress), true);
      return true;
    }
    // Equal requests at the same time, such as after a restart of the client, are one check and one attempt.
    const burst = [clientAddress, ...keys].join(' ');
    const running = inFlight.get(burst) ?? compareSlowly(check, comparisons);
    inFlight.set(burst, running);
    try {
      return await running;
    } finally {
      inFlight.delete(burst);
    }
  }

  async function compareSlowly(
    { owner, clientAddress }: OwnedSecret,
    comparisons: Comparison[],
  ): Promise<boolean> {
    const ownerKey = ownerKeyOf(owner, clientAddress);
    // The owner first: its attempts count even when the address has none left.
    perOwner.reserve(ownerKey);
    perAddress.reserve(clientAddress);
    const attempt = await reserveShared(owner, clientAddress);
    let right: Comparison | undefined;
    // All of them: how long it takes must not tell which one was right.
    for (const comparison of comparisons) {
      const { stored, reading } = comparison;
      const matched = await slowWork.run(() => matches(stored, reading));
      if (matched && stored !== dummyHash) right ??= comparison;
    }
    if (right === undefined) return false;
    perAddress.release(clientAddress);
    perOwner.release(ownerKey);
    await attempt?.succeed();
    proved.set(ownerKey, true);
    verified.set(memoryKey(owner, right), true);
    return true;
  }

  function isLive({ expiresAtMs }: StoredSecret): boolean {
    return expiresAtMs === undefined || expiresAtMs > now();
  }

  return {
    /** @throws AppError (429) after too many failures, (503) when too many checks are waiting */
    async verify(check: SecretCheck): Promise<boolean> {
      const presented = check.presented.filter(({ length }) => length > 0 && length <= maxSecretLength);
      if (presented.length === 0) {
        // Such a request costs no comparison, but the limit bounds the audit events that it causes.
        perAddress.reserve(check.clientAddress);
        return false;
      }
      const { kind, clientAddress } = check;
      // As JSON, because a client id may be any text.
      const owner = JSON.stringify([kind, check.owner]);
      const live = check.secrets.filter(isLive);
      const digests = live.filter(({ hash }) => isDigest(hash));
      const right = digests.find(({ hash }) => presented.some((reading) => matchesDigest(hash, reading)));
      if (right !== undefined) {
        if (right.isChosen) {
          const ownerKey = ownerKeyOf(owner, clientAddress);
          // After a change of the secret, pods that still send the former one must not shut out those with the new one.
          if (kind === 'service') proved.set(ownerKey, true);
          refuseWhileGuessed(owner, clientAddress);
          proved.set(ownerKey, true);
        }
        return true;
      }
      const slowHashes = live.map(({ hash }) => hash).filter((hash) => !isDigest(hash));
      return verifySlowly({ owner, presented, clientAddress }, slowHashes);
    },
    /** Hashes a secret that a caller chose. @throws AppError (503) */
    hash: (secret: string) => slowWork.run(() => hashSlowly(secret)),
    /** Forgets the verified secrets, because their owners may have changed. */
    forget: () => verified.clear(),
  };
}

function refusal(waitMs: number, ownerKey: string) {
  return tooManyRequests(Math.max(1, Math.ceil(waitMs / 1000)), {
    detail: `too many attempts by ${ownerKey}`,
  });
}
