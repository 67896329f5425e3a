/** Work in the background that comes round again: one round at a time, failures told once, ended with the process. */
import type { Logger } from '../logging/logger.ts';

export interface RepeatingWork {
  start(): void;
  /** Resolves when the round under way is done; none follows. */
  stop(): Promise<void>;
}

export interface RepeatingWorkOptions {
  log: Logger;
  intervalMs: number;
  /** One round; it stops early when the signal fires. Resolves true when more waits: the next round follows at once. */
  round(signal: AbortSignal): Promise<boolean>;
  /** Sentences for the first failure of a row of failures, and for its end. */
  failing: string;
  recovered: string;
  /** Longest pause after failures in a row; they double it. Default: the interval. */
  longestPauseMs?: number;
}

export function createRepeatingWork(options: RepeatingWorkOptions): RepeatingWork {
  const { log, intervalMs, longestPauseMs = intervalMs } = options;
  let stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let failures = 0;

  const round = async () => {
    let hasMore = false;
    try {
      hasMore = await options.round(stopping.signal);
      if (failures > 0) log.info(options.recovered);
      failures = 0;
    } catch (error) {
      if (failures === 0) log.warn({ err: error }, options.failing);
      failures += 1;
    }
    const pauseMs = Math.min(
      intervalMs * 2 ** Math.max(0, failures - 1),
      Math.max(longestPauseMs, intervalMs),
    );
    schedule(hasMore ? 0 : pauseMs);
  };

  const schedule = (pauseMs: number) => {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      running = round();
    }, pauseMs).unref();
  };

  return {
    start() {
      stopping = new AbortController();
      schedule(intervalMs);
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
