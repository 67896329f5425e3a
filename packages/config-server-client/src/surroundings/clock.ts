/** Defines time for this package. It is injected, so that tests run hours of reconnection in milliseconds. */
import { performance } from 'node:perf_hooks';

export interface Clock {
  /** Wall clock, milliseconds since the epoch; for records, never for decisions. */
  nowMs(): number;
  /** Monotonic clock, milliseconds; decides deadlines and keep-alive. */
  monotonicMs(): number;
  /**
   * Calls back once after `delayMs`, and after the bytes were read that arrived meanwhile. A timer keeps the process
   * alive: cancel it when it is not needed.
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
        // The event loop serves timers before sockets. After this process was suspended, an answer may wait unread:
        // it must count before the timer that says that it is missing.
        reading = setImmediate(callback);
      },
      // Node fires a timer up to 1 ms early by the monotonic clock.
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
