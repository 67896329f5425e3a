/** Serves many deadlines with one timer, which fires at the earliest. Its owner then looks which are due. */
import type { Clock, Timer } from '../surroundings/clock.ts';

export class DueTimer {
  readonly #clock: Clock;
  readonly #onDue: (nowMs: number, lateMs: number) => void;
  #timer: Timer | undefined;
  #armedForMs = Number.POSITIVE_INFINITY;

  /** `lateMs` says how long the process was suspended when the time came. */
  constructor(clock: Clock, onDue: (nowMs: number, lateMs: number) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** A deadline that moves to a later time needs no call: the timer then fires without effect. */
  announce(dueAtMs: number): void {
    if (dueAtMs >= this.#armedForMs) return;
    this.stop();
    const nowMs = this.#clock.monotonicMs();
    this.#armedForMs = Math.max(dueAtMs, nowMs);
    this.#timer = this.#clock.setTimer(this.#armedForMs - nowMs, this.#fire);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#armedForMs = Number.POSITIVE_INFINITY;
  }

  readonly #fire = () => {
    const nowMs = this.#clock.monotonicMs();
    const lateMs = nowMs - this.#armedForMs;
    this.stop();
    this.#onDue(nowMs, lateMs);
  };
}
