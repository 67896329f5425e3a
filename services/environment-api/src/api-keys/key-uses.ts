/** When keys were last used: gathered in memory and written behind the requests, each key at most once a minute. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { LRUCache } from 'lru-cache';
import { writeKeyUses } from './store.ts';

export interface KeyUses {
  /** Costs no time: nobody waits for the write, and a write that fails is nobody's error. */
  note(keyId: string): void;
  /** Resolves when what was noted is written or given up. */
  settled(): Promise<void>;
}

const betweenWritesMs = 60_000;
const maxKeys = 20_000;

export function createKeyUses(deps: {
  db: Queryable;
  now: Clock;
  log: Logger;
  /** False in a read-only region. */
  isWritable: boolean;
}): KeyUses {
  const { db, now, log } = deps;
  const writtenAtMs = new LRUCache<string, number>({ max: maxKeys });
  let waiting = new Map<string, number>();
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.size > 0) {
      const uses = waiting;
      waiting = new Map();
      try {
        await writeKeyUses(db, uses);
      } catch (error) {
        log.warn({ err: error, keys: uses.size }, 'last uses of API keys could not be written');
      }
    }
    writing = undefined;
  }

  return {
    note(keyId) {
      const atMs = now();
      if (!deps.isWritable || atMs < (writtenAtMs.get(keyId) ?? -Infinity) + betweenWritesMs) return;
      writtenAtMs.set(keyId, atMs);
      waiting.set(keyId, atMs);
      // In the next turn, so that uses that come together share one write.
      writing ??= Promise.resolve().then(writeAll);
    },
    settled: async () => writing,
  };
}
