/** Remembers for an hour which secrets were verified, so that a right one costs one slow comparison, and none can be read back. */
import { createHmac, createSecretKey } from 'node:crypto';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import { LRUCache } from 'lru-cache';

/** A presented secret in one reading, beside one stored hash. */
export interface Comparison {
  stored: string;
  reading: string;
  /** Under which the comparison is remembered. */
  key: string;
}

export function createVerifiedSecrets() {
  // An HMAC with a key of this process stands for a verified secret; a changed hash gives another HMAC.
  const hmacKey = createSecretKey(randomBytes(32));
  const verified = new LRUCache<string, true>({ max: 10_000, ttl: 3_600_000 });
  const inFlight = new Map<string, Promise<boolean>>();

  const keyOf = (owner: string, stored: string, reading: string) =>
    createHmac('sha256', hmacKey)
      .update(JSON.stringify([owner, stored, reading]))
      .digest('base64url');

  return {
    /** Every reading beside every hash. */
    comparisons: (owner: string, hashes: readonly string[], readings: readonly string[]): Comparison[] =>
      hashes.flatMap((stored) =>
        readings.map((reading) => ({ stored, reading, key: keyOf(owner, stored, reading) })),
      ),
    has: ({ key }: Comparison) => verified.has(key),
    add: ({ key }: Comparison) => verified.set(key, true),
    clear: () => verified.clear(),
    /** Equal requests at the same time, such as after a restart of the client, are one check and one attempt. */
    async once(address: string, comparisons: readonly Comparison[], check: () => Promise<boolean>) {
      const request = [address, ...comparisons.map(({ key }) => key)].join(' ');
      const running = inFlight.get(request) ?? check();
      inFlight.set(request, running);
      try {
        return await running;
      } finally {
        inFlight.delete(request);
      }
    },
  };
}
