/** When things were last used: gathered in memory and written behind the requests, each thing at most once a minute. */

import { createGrowingCache } from '../cache/growing-cache.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logging/logger.ts';

export interface LastUses {
  /** Costs no time: nobody waits for the write, and a write that fails is nobody's error. */
  note(id: string): void;
  /** Resolves when what was noted is written or given up. */
  settled(): Promise<void>;
}

export interface LastUsesOptions {
  /** One write for all of them: moment by id. */
  write(uses: ReadonlyMap<string, number>): Promise<void>;
  now: Clock;
  log: Logger;
  /** What is counted, for the log: `API keys`. */
  what: string;
  /** Uses within so long share one write. */
  gatherMs: number;
  /** False in a read-only region. */
  isWritable: boolean;
}

const betweenWritesMs = 60_000;
const mostThings = 20_000;

export function createLastUses({ write, now, log, what, gatherMs, isWritable }: LastUsesOptions): LastUses {
  const notedAtMs = createGrowingCache<number>(mostThings);
  let waiting = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.size > 0) {
      const uses = waiting;
      waiting = new Map();
      try {
        await write(uses);
      } catch (error) {
        log.warn({ err: error, count: uses.size }, `last uses of ${what} could not be written`);
      }
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    note(id) {
      const atMs = now();
      if (!isWritable || atMs < (notedAtMs.get(id) ?? Number.NEGATIVE_INFINITY) + betweenWritesMs) return;
      notedAtMs.set(id, atMs);
      waiting.set(id, atMs);
      timer ??= setTimeout(flush, gatherMs).unref();
    },
    settled: flush,
  };
}
