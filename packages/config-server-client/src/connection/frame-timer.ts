/** Limits the time from the first to the last byte of one frame, so that a trickle of bytes does not keep a dead peer alive. */
import type { Clock } from '../surroundings/clock.ts';
import { DueTimer } from './due-timer.ts';

export class FrameTimer {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onTimeout: () => void;
  readonly #timer: DueTimer;
  #isPartial = false;
  #isSuspended = false;
  #dueMs = 0;

  constructor(clock: Clock, timeoutMs: number, onTimeout: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
    this.#timer = new DueTimer(clock, (nowMs, lateMs) => this.#look(nowMs, lateMs));
  }

  /** Called after every chunk: whether a frame is incomplete, and whether the chunk completed one. */
  update(isPartial: boolean, frameCompleted: boolean): void {
    if (isPartial === this.#isPartial && !(isPartial && frameCompleted)) return;
    this.#isPartial = isPartial;
    this.#begin();
  }

  /** Reading is paused, so missing bytes say nothing about the peer. */
  suspend(): void {
    this.#isSuspended = true;
    this.#timer.stop();
  }

  /** Reading goes on: the frame gets its full time. */
  resume(): void {
    this.#isSuspended = false;
    this.#begin();
  }

  stop(): void {
    this.#isPartial = false;
    this.#timer.stop();
  }

  /** A timer that runs for an earlier frame stays: chunks end inside a frame all the time. */
  #begin(): void {
    if (!this.#isPartial || this.#isSuspended) return;
    this.#dueMs = this.#clock.monotonicMs() + this.#timeoutMs;
    this.#timer.announce(this.#dueMs);
  }

  #look(nowMs: number, lateMs: number): void {
    if (!this.#isPartial) return;
    if (nowMs < this.#dueMs) this.#timer.announce(this.#dueMs);
    // The process was suspended and has read only what the socket's buffer held, so the peer gets the time again.
    else if (lateMs > this.#timeoutMs / 4) this.#begin();
    else this.#onTimeout();
  }
}
