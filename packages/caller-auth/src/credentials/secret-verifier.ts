/** Verifies presented secrets with work that does not show whether their owner exists. */
import { isDigest, matchesDigest } from '@gatehouse/service-kit/crypto';
import { createSemaphore } from '@gatehouse/service-kit/limits';
import { type Claimant, createGuessLimits, type GuessLimitsOptions } from './guess-limits.ts';
import { hashOfNothing, hashSlowly, matchesSlowHash, type StoredSecret } from './stored-secret.ts';
import { type Comparison, createVerifiedSecrets } from './verified-secrets.ts';

export interface SecretCheck {
  /** Each kind counts apart: no client id that a stranger invents uses up the attempts on a service or the operator. */
  kind: 'client' | 'service' | 'operator';
  /** Client id or operator name; it need not exist. */
  owner: string;
  /** Empty when the owner does not exist. */
  secrets: readonly StoredSecret[];
  /** The sent secret, in each way in which it can be read: one attempt, because at most one of them is meant. */
  presented: readonly string[];
  clientAddress: string;
}

export type SecretVerifier = ReturnType<typeof createSecretVerifier>;

interface SecretVerifierOptions extends GuessLimitsOptions {
  concurrency: number;
  /** The slow comparison; tests replace it. */
  matches?: (stored: string, secret: string) => Promise<boolean>;
}

/** RFC 6749 sets no limit; bcrypt reads 72 bytes. */
const maxSecretLength = 1024;

export function createSecretVerifier(options: SecretVerifierOptions) {
  const { now, concurrency, matches = matchesSlowHash } = options;
  const limits = createGuessLimits(options);
  const verified = createVerifiedSecrets();
  const slowWork = createSemaphore({ concurrency, queueLength: 64 });
  const dummyHash = hashOfNothing();

  /** A generated secret, which nobody can guess. @throws AppError (429) where people chose it, while guesses are refused */
  function acceptDigest(kind: SecretCheck['kind'], claimant: Claimant, { isChosen }: StoredSecret): true {
    if (!isChosen) return true;
    // After a change of the secret, pods that still send the old one must not shut out those with the new one.
    if (kind === 'service') limits.prove(claimant);
    limits.refuseWhileGuessed(claimant);
    limits.prove(claimant);
    return true;
  }

  async function verifySlowly(claimant: Claimant, hashes: string[], presented: string[]): Promise<boolean> {
    // The dummy hash makes a missing owner, and an owner without a slow hash, cost the same time.
    const compared = hashes.length > 0 ? hashes : [dummyHash];
    const comparisons = verified.comparisons(claimant.owner, compared, presented);
    if (comparisons.some(verified.has)) {
      limits.refuseWhileGuessed(claimant);
      limits.prove(claimant);
      return true;
    }
    return verified.once(claimant.clientAddress, comparisons, () => compareSlowly(claimant, comparisons));
  }

  async function compareSlowly(claimant: Claimant, comparisons: Comparison[]): Promise<boolean> {
    const giveBack = await limits.reserve(claimant);
    let right: Comparison | undefined;
    // All of them: how long it takes must not tell which one was right.
    for (const comparison of comparisons) {
      const { stored, reading } = comparison;
      const matched = await slowWork.run(() => matches(stored, reading));
      if (matched && stored !== dummyHash) right ??= comparison;
    }
    if (right === undefined) return false;
    await giveBack();
    verified.add(right);
    return true;
  }

  function isLive({ expiresAtMs }: StoredSecret): boolean {
    return expiresAtMs === undefined || expiresAtMs > now();
  }

  return {
    /** @throws AppError (429) after too many failures, (503) when too many checks are waiting */
    async verify(check: SecretCheck): Promise<boolean> {
      const { kind, clientAddress } = check;
      const presented = check.presented.filter(({ length }) => length > 0 && length <= maxSecretLength);
      if (presented.length === 0) {
        limits.countWithoutSecret(clientAddress);
        return false;
      }
      // As JSON, because a client id may be any text.
      const claimant = { owner: JSON.stringify([kind, check.owner]), clientAddress };
      const live = check.secrets.filter(isLive);
      const digests = live.filter(({ hash }) => isDigest(hash));
      const right = digests.find(({ hash }) => presented.some((reading) => matchesDigest(hash, reading)));
      if (right !== undefined) return acceptDigest(kind, claimant, right);
      const slowHashes = live.map(({ hash }) => hash).filter((hash) => !isDigest(hash));
      return verifySlowly(claimant, slowHashes, presented);
    },
    /** Hashes a secret that a caller chose. @throws AppError (503) */
    hash: (secret: string) => slowWork.run(() => hashSlowly(secret)),
    /** Forgets the verified secrets, because their owners may have changed. */
    forget: verified.clear,
  };
}
