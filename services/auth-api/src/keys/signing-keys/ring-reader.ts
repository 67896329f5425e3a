/** Reads the signing keys into the memory of the replica: one read at a time, and again for a change that comes meanwhile. */
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { KeyRing } from './key-ring.ts';
import { listKeys } from './store.ts';

const refreshIntervalMs = 1000;

export function createRingReader(db: Queryable, ring: Pick<KeyRing, 'replace'>, log: Logger) {
  let reading: Promise<void> | undefined;
  let isChanged = false;
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function load(): Promise<void> {
    readAtMs = performance.now();
    ring.replace(await listKeys(db));
  }

  async function read(): Promise<void> {
    while (isChanged) {
      isChanged = false;
      await load().catch((error) => log.warn({ err: error }, 'the signing keys could not be read'));
    }
  }

  function reload(): Promise<void> {
    // A read that is running may have begun before the change.
    isChanged = true;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    /** @throws where PostgreSQL does not answer, or a key cannot be decrypted */
    load,

    /** Reads the keys again after a change. Never rejects: on failure the keys in memory stay in use. */
    reload,

    /** As reload, but at most once a second, for callers that only suspect a change. */
    refresh: async (): Promise<void> => {
      if (performance.now() - readAtMs >= refreshIntervalMs) await reload();
    },
  };
}
