/** Limits the time from the first to the last byte of one frame, so that a trickle of bytes does not keep a dead peer alive. */
import type { Clock } from '../clock.ts';
import { DueTimer } from './due-timer.ts';

export class FrameTimer {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #timer: DueTimer;
  #isPartial = false;
  #isSuspended = false;

  constructor(clock: Clock, timeoutMs: number, onTimeout: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#timer = new DueTimer(clock, (_nowMs, lateMs) => {
      // The process was suspended and has read only what the socket's buffer held, so the peer gets the time again.
      if (lateMs > timeoutMs / 4) this.#arm();
      else onTimeout();
    });
  }

  /** Called after every chunk: whether a frame is incomplete, and whether the chunk completed one. */
  update(isPartial: boolean, frameCompleted: boolean): void {
    if (isPartial === this.#isPartial && !(isPartial && frameCompleted)) return;
    this.#isPartial = isPartial;
    this.#arm();
  }

  /** Reading is paused, so missing bytes say nothing about the peer. */
  suspend(): void {
    this.#isSuspended = true;
    this.#timer.stop();
  }

  /** Reading goes on: the frame gets its full time. */
  resume(): void {
    this.#isSuspended = false;
    this.#arm();
  }

  stop(): void {
    this.#isPartial = false;
    this.#timer.stop();
  }

  #arm(): void {
    this.#timer.stop();
    if (this.#isPartial && !this.#isSuspended)
      this.#timer.announce(this.#clock.monotonicMs() + this.#timeoutMs);
  }
}
