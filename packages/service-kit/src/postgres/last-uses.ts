/** Records when things were last used: gathers uses in memory and writes each thing at most once a minute. */

import { createGrowingCache } from '../cache/growing-cache.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/logging/logger.ts';

export type LastUses = ReturnType<typeof createLastUses>;

interface LastUsesOptions {
  /** Writes the moment of each use, by id. */
  write(uses: ReadonlyMap<string, number>): Promise<void>;
  now: Clock;
  log: Logger;
  /** Names the things in the log: `API keys`. */
  what: string;
  /** Uses within so long share one write. */
  gatherMs: number;
  /** False in a read-only region. */
  isWritable: boolean;
}

const minPauseMs = 60_000;
const maxThings = 20_000;

export function createLastUses({ write, now, log, what, gatherMs, isWritable }: LastUsesOptions) {
  const recordedAtMs = createGrowingCache<number>(maxThings);
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
    /** Returns immediately; a failed write is logged and fails no request. */
    record(id: string): void {
      const atMs = now();
      if (!isWritable || atMs < (recordedAtMs.get(id) ?? Number.NEGATIVE_INFINITY) + minPauseMs) return;
      recordedAtMs.set(id, atMs);
      waiting.set(id, atMs);
      timer ??= setTimeout(flush, gatherMs).unref();
    },
    /** Resolves when the uses so far are written or given up. */
    settled: flush,
  };
}
