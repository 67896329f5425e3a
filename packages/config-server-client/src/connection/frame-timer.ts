/** Bounds the time from the first to the last byte of one frame: a trickle of bytes must not keep a dead peer alive. */
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
      // This process stood still, and can have read only what the sockets' buffers held: the peer gets the time again.
      if (lateMs > timeoutMs / 4) this.#arm();
      else onTimeout();
    });
  }

  /** After every chunk: whether a frame is incomplete now, and whether one was completed by this chunk. */
  update(isPartial: boolean, frameCompleted: boolean): void {
    if (isPartial === this.#isPartial && !(isPartial && frameCompleted)) return;
    this.#isPartial = isPartial;
    this.#arm();
  }

  /** We do not read at the moment, so nothing that is missing says anything about the peer. */
  suspend(): void {
    this.#isSuspended = true;
    this.#timer.stop();
  }

  /** We read again: the frame gets its full time. */
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
