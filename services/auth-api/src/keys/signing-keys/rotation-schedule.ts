/** Rotates signing keys by schedule, and deletes retired keys whose tokens have all expired. */
import { type SigningAlgorithm, signingAlgorithms } from '@gatehouse/contracts/resources';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { keySetMaxAgeSeconds } from './jwks.ts';
import type { KeyChanges } from './key-changes.ts';
import type { KeyRing } from './key-ring.ts';
import { createRetiredKeys } from './retired-keys.ts';
import { bringBack, listKeys, type StoredKey } from './store.ts';

export interface RotationScheduleOptions {
  db: Pool;
  now: Clock;
  /** How long a key signs; 0: until an administrator rotates it. */
  rotationMs: number;
  /** False in a read-only region: the writable one maintains the keys. */
  isWritable: boolean;
}

const minPublicationMs = 2 * keySetMaxAgeSeconds * 1000;

/** `keptMs`: how long a retired key is published. `change`: works on the locked keys, and resolves with those that are left. */
export function createRotationSchedule(
  { db, now, rotationMs, isWritable }: RotationScheduleOptions,
  ring: Pick<KeyRing, 'all' | 'replace'>,
  keptMs: number,
  change: (work: (keys: KeyChanges) => Promise<void>) => Promise<StoredKey[]>,
) {
  const retired = createRetiredKeys(db, {
    keptMs,
    async remove(retiredBeforeMs) {
      const isExpired = ({ retiredAtMs = Number.POSITIVE_INFINITY }: StoredKey) =>
        retiredAtMs < retiredBeforeMs;
      if (!(await listKeys(db)).some(isExpired)) return 0;
      const before = ring.all.length;
      const after = await change(async (keys) => {
        for (const key of keys.keys.filter(isExpired)) await keys.remove(key);
      });
      return before - after.length;
    },
  });

  /** Only if the successor has been published long enough for resource servers to have it. */
  function isDue(keys: readonly StoredKey[], algorithm: SigningAlgorithm): boolean {
    if (rotationMs === 0) return false;
    const ofAlgorithm = keys.filter((key) => key.algorithm === algorithm);
    const active = ofAlgorithm.find(({ state }) => state === 'active');
    const next = ofAlgorithm.find(({ state }) => state === 'next');
    return (
      (active?.activatedAtMs ?? now()) + rotationMs <= now() &&
      (next?.createdAtMs ?? now()) + minPublicationMs <= now()
    );
  }

  return async function maintain(): Promise<void> {
    if (isWritable) await bringBack(db, now());
    const stored = await listKeys(db);
    ring.replace(stored);
    if (!isWritable) return;
    if (signingAlgorithms.some((algorithm) => isDue(stored, algorithm)))
      await change(async (keys) => {
        // Checked again under the lock: another replica may have rotated.
        for (const algorithm of signingAlgorithms) {
          if (isDue(keys.keys, algorithm)) await keys.rotate(algorithm);
        }
      });
    await retired.round();
  };
}
