/** Time as this package sees it: injected, so that hours of reconnection run in milliseconds of test. */
import { performance } from 'node:perf_hooks';

export interface Clock {
  /** Wall clock, milliseconds since the epoch; for records only. */
  nowMs(): number;
  /** Never jumps; every deadline and keep-alive decision uses it. */
  monotonicMs(): number;
  /**
   * Calls back once after `delayMs`, and after what has arrived until then was read. Keeps the process alive until then:
   * whoever sets a timer cancels it.
   */
  setTimer(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, callback) => {
    let reading: NodeJS.Immediate | undefined;
    const handle = setTimeout(
      () => {
        // The event loop looks at timers before it looks at sockets. After this process stood still, an answer may lie
        // there unread: whoever waited for it must not be told first that it did not come.
        reading = setImmediate(callback);
      },
      // Node fires a timer up to 1 ms early as seen by the monotonic clock; rounding up keeps bounds honest.
      Math.ceil(delayMs),
    );
    return {
      cancel() {
        clearTimeout(handle);
        clearImmediate(reading);
      },
    };
  },
};

/** Resolves after `delayMs`, or at once when the signal aborts; never rejects. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const finish = () => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.setTimer(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
