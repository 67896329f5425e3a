/** Bounds the time from the first to the last byte of one frame: a trickle of bytes must not keep a dead peer alive. */
import type { Clock, Timer } from '../clock.ts';

export class FrameTimer {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onTimeout: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, timeoutMs: number, onTimeout: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  /** After every chunk: whether a frame is incomplete now, and whether one was completed by this chunk. */
  update(isPartial: boolean, frameCompleted: boolean): void {
    if (isPartial && this.#timer !== undefined && !frameCompleted) return;
    this.stop();
    if (isPartial) this.#timer = this.#clock.setTimer(this.#timeoutMs, this.#onTimeout);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
