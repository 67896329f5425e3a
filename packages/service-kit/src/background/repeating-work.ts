/** Repeats work in the background: one round at a time, failures logged once, ended with the process. */
import type { Trust } from '../clock.ts';
import type { Logger } from '../observability/logging/logger.ts';

export type RepeatingWork = ReturnType<typeof createRepeatingWork>;

export interface RepeatingWorkOptions {
  log: Logger;
  /** Rounds run while the clock is trusted. `always`: the work must go on, and a wrong clock cannot make it do harm. */
  when: Trust | 'always';
  intervalMs: number;
  /** Runs one round and stops early when the signal fires. Resolves true when more is waiting: the next round follows immediately. */
  round(signal: AbortSignal): Promise<boolean>;
  /** Log messages for the first of several failures in a row, and for their end. */
  failing: string;
  recovered: string;
  /** Failures in a row double the pause up to this. Default: the interval. */
  maxPauseMs?: number;
}

export function createRepeatingWork(options: RepeatingWorkOptions) {
  const { log, intervalMs, maxPauseMs = intervalMs } = options;
  let stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let failures = 0;

  const mayRun = () => options.when === 'always' || options.when.isTrusted;

  const round = async () => {
    let hasMore = false;
    try {
      hasMore = mayRun() && (await options.round(stopping.signal));
      if (failures > 0) log.info(options.recovered);
      failures = 0;
    } catch (error) {
      if (failures === 0) log.warn({ err: error }, options.failing);
      failures += 1;
    }
    const pauseMs = Math.min(intervalMs * 2 ** Math.max(0, failures - 1), Math.max(maxPauseMs, intervalMs));
    schedule(hasMore ? 0 : pauseMs);
  };

  const schedule = (pauseMs: number) => {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      running = round();
    }, pauseMs).unref();
  };

  return {
    start(): void {
      stopping = new AbortController();
      schedule(intervalMs);
    },
    /** Resolves when the running round is done; no other follows. */
    async stop(): Promise<void> {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
