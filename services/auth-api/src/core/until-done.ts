/** Repeats work that must not be given up, with growing pauses, until it succeeds or the process ends. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@gatehouse/service-kit/observability';

export interface UntilDoneOptions {
  log: Logger;
  /** Completes "…; trying again" in the log. */
  failing: string;
  /** Each failure doubles the pause up to the maximum. */
  firstRetryMs: number;
  maxRetryMs: number;
  /** Ends the repetition; then the work may be undone. */
  signal: AbortSignal;
}

/** Never rejects. */
export async function untilDone(work: () => Promise<void>, options: UntilDoneOptions): Promise<void> {
  const { log, failing, firstRetryMs, maxRetryMs, signal } = options;
  for (let retryMs = firstRetryMs; !signal.aborted; retryMs = Math.min(retryMs * 2, maxRetryMs)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error, retryMs }, `${failing}; trying again`);
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
