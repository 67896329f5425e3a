/** One timer for many deadlines: it follows the earliest of them, and whoever owns them looks which are due. */
import type { Clock, Timer } from '../clock.ts';

export class DueTimer {
  readonly #clock: Clock;
  readonly #onDue: (nowMs: number) => void;
  #timer: Timer | undefined;
  #armedForMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, onDue: (nowMs: number) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** A deadline that moved to a later time may stay announced: nobody is due when the timer fires then. */
  announce(dueAtMs: number): void {
    if (dueAtMs >= this.#armedForMs) return;
    this.#timer?.cancel();
    this.#armedForMs = dueAtMs;
    this.#timer = this.#clock.setTimer(Math.max(0, dueAtMs - this.#clock.monotonicMs()), this.#fire);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#armedForMs = Number.POSITIVE_INFINITY;
  }

  readonly #fire = () => {
    this.stop();
    this.#onDue(this.#clock.monotonicMs());
  };
}
