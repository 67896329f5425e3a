/** Holds the calls that wait for a connection, limited in number and in time. */

import { ConfigServerError } from '@gatehouse/people-directory';
import type { Clock } from '../surroundings/clock.ts';

export interface WaitLimits {
  /** Monotonic milliseconds at which the call ends in any case. */
  deadlineAtMs: number;
  signal?: AbortSignal | undefined;
}

interface Waiter<T> {
  admit(value: T): void;
  refuse(error: ConfigServerError): void;
}

export class WaitingCalls<T> {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #onSizeChanged: (size: number) => void;
  readonly #waiters = new Set<Waiter<T>>();

  constructor(clock: Clock, limit: number, onSizeChanged: (size: number) => void = () => undefined) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onSizeChanged = onSizeChanged;
  }

  /** Resolves with the value of `admitAll`. Errors: QueueFull, NoEndpoint (deadline), Aborted, or the error of `refuseAll`. */
  wait(limits: WaitLimits): Promise<T> {
    if (limits.signal?.aborted === true) return Promise.reject(aborted());
    if (this.#waiters.size >= this.#limit) {
      return Promise.reject(new ConfigServerError('QueueFull', 'too many calls wait for a server'));
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        timer.cancel();
        limits.signal?.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
        this.#onSizeChanged(this.#waiters.size);
      };
      const waiter: Waiter<T> = {
        admit: (value) => {
          leave();
          resolve(value);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = () => waiter.refuse(aborted());
      const leftMs = Math.max(0, limits.deadlineAtMs - this.#clock.monotonicMs());
      const timer = this.#clock.setTimer(leftMs, () =>
        waiter.refuse(new ConfigServerError('NoEndpoint', 'no server was reached in time')),
      );
      limits.signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
      this.#onSizeChanged(this.#waiters.size);
    });
  }

  admitAll(value: T): void {
    for (const waiter of [...this.#waiters]) waiter.admit(value);
  }

  refuseAll(error: () => ConfigServerError): void {
    for (const waiter of [...this.#waiters]) waiter.refuse(error());
  }
}

function aborted(): ConfigServerError {
  return new ConfigServerError('Aborted', 'the call was aborted');
}
