/** Knows how long ago a replica last had all revocations, and lets requests wait a moment until it has them again. */
import { type AppError, unavailable } from '@gatehouse/service-kit/errors';

/** Requests wait for so long. */
const patienceMs = 300;

/** `maxLagMs`: how far behind a replica may be before it refuses to validate tokens. */
export function createFreshness(monotonicMs: () => number, maxLagMs: number) {
  const waiting = new Set<() => void>();
  let currentAtMs = Number.NEGATIVE_INFINITY;

  function lagError(): AppError | undefined {
    const lagMs = monotonicMs() - currentAtMs;
    if (lagMs <= maxLagMs) return undefined;
    const detail = Number.isFinite(lagMs) ? `last heard of ${Math.round(lagMs)} ms ago` : 'not read yet';
    return unavailable('the cut-off stream', { detail });
  }

  return {
    /** The replica has read every revocation. */
    markCurrent(): void {
      currentAtMs = monotonicMs();
      for (const wake of waiting) wake();
      waiting.clear();
    },

    /** @throws AppError (503) if this replica is more than a second behind, and might miss a revocation */
    assertFresh(): void {
      const error = lagError();
      if (error !== undefined) throw error;
    },

    /** As assertFresh, but first gives a replica that is behind a moment to catch up. @throws AppError (503) */
    async untilFresh(): Promise<void> {
      const error = lagError();
      if (error === undefined) return;
      await new Promise<void>((resolve, reject) => {
        const wake = () => {
          clearTimeout(timer);
          resolve();
        };
        // A refused request waits no more: an outage must not fill the memory.
        const timer = setTimeout(() => {
          waiting.delete(wake);
          reject(error);
        }, patienceMs);
        waiting.add(wake);
      });
    },
  };
}
