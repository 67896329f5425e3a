/** Bounds how often secrets can be guessed: for an owner from an address, from an address, and for an owner at all replicas. */
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { tooManyRequests } from '@gatehouse/service-kit/errors';
import {
  type Attempt,
  type AttemptCounter,
  AttemptRefused,
  addressGroup,
  createAddressLimiter,
  createAttemptLimiter,
} from '@gatehouse/service-kit/limits';

/** A caller at an address who says to be the owner of a secret. */
export interface Claimant {
  /** With its kind. */
  owner: string;
  clientAddress: string;
}

export interface GuessLimitsOptions {
  now: Clock;
  /** Failed attempts that one address may make for one owner, and in all, per minute. */
  failuresPerOwner?: number;
  failuresPerAddress?: number;
  /**
   * Counts slow comparisons for all replicas together. Its device is the address, so that an address which has proved
   * the secret is not locked out by failures of others.
   */
  shared?: AttemptCounter;
}

const windowMs = 60_000;
const maxOwners = 50_000;

export function createGuessLimits(options: GuessLimitsOptions) {
  const { now, shared } = options;
  const perOwner = createAttemptLimiter({ attempts: options.failuresPerOwner ?? 20, windowMs, now });
  const perAddress = createAddressLimiter({ attempts: options.failuresPerAddress ?? 200, windowMs, now });
  const refused = createSharedRefusals(now);
  /** Owners from addresses that have proved the secret here. */
  const proved = createGrowingCache<true>(maxOwners);
  const prove = (claimant: Claimant) => proved.set(pairOf(claimant), true);

  function giveBackHere({ owner, clientAddress }: Claimant): void {
    perAddress.release(clientAddress);
    perOwner.release(pairOf({ owner, clientAddress }));
  }

  /** Resolves undefined without a shared count. @throws AppError (429) */
  async function reserveShared(claimant: Claimant): Promise<Attempt | undefined> {
    const { owner, clientAddress } = claimant;
    try {
      const device = addressGroup(clientAddress);
      return await shared?.reserve({ account: owner, address: clientAddress, device });
    } catch (error) {
      if (!(error instanceof AttemptRefused)) {
        // Without Redis no secret is compared. Counted, these attempts would keep the right secret out when Redis is back.
        giveBackHere(claimant);
        throw error;
      }
      refused.add(claimant, error);
      throw refusal(error.waitMs, claimant);
    }
  }

  return {
    /** An attempt that costs no comparison: the limit bounds the audit events that it causes. @throws AppError (429) */
    countWithoutSecret: (clientAddress: string) => perAddress.reserve(clientAddress),

    /** Refuses even the right secret while guesses are refused: its acceptance would tell a guesser. @throws AppError (429) */
    refuseWhileGuessed(claimant: Claimant): void {
      const pair = pairOf(claimant);
      perOwner.check(pair);
      const waitMs = refused.waitMs(claimant, proved.has(pair));
      if (waitMs > 0) throw refusal(waitMs, claimant);
    },

    /** Counts a slow comparison. Resolves with what gives the attempt back when the secret was right. @throws AppError (429) */
    async reserve(claimant: Claimant): Promise<() => Promise<void>> {
      // The owner first: its attempts count even when the address has none left.
      perOwner.reserve(pairOf(claimant));
      perAddress.reserve(claimant.clientAddress);
      const attempt = await reserveShared(claimant);
      return async () => {
        giveBackHere(claimant);
        await attempt?.succeed();
        prove(claimant);
      };
    },

    prove,
  };
}

/** Until when the shared count refuses an owner: from one address, and from all addresses that have not proved the secret here. */
function createSharedRefusals(now: Clock) {
  const pairs = createGrowingCache<number>(maxOwners);
  const owners = createGrowingCache<number>(maxOwners);
  return {
    add(claimant: Claimant, { waitMs, limit }: AttemptRefused): void {
      pairs.set(pairOf(claimant), now() + waitMs);
      if (limit === 'account') owners.set(claimant.owner, now() + waitMs);
    },
    waitMs(claimant: Claimant, hasProved: boolean): number {
      const pairUntilMs = pairs.get(pairOf(claimant)) ?? 0;
      // A guesser must not get new attempts with each new address.
      const ownerUntilMs = hasProved ? 0 : (owners.get(claimant.owner) ?? 0);
      return Math.max(pairUntilMs, ownerUntilMs) - now();
    },
  };
}

function pairOf({ owner, clientAddress }: Claimant): string {
  return `${owner} from ${clientAddress}`;
}

function refusal(waitMs: number, claimant: Claimant) {
  return tooManyRequests(Math.max(1, Math.ceil(waitMs / 1000)), {
    detail: `too many attempts by ${pairOf(claimant)}`,
  });
}
