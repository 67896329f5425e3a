/** Notices within two timeouts that the peer is gone, by polling an idle connection (one direction of the keep-alive). */
import type { Clock, Timer } from '../surroundings/clock.ts';

export interface KeepAliveOptions {
  /** 0 = off. */
  timeoutMs: number;
  clock: Clock;
  /** A number that no earlier poll of this connection had. */
  nextNonce(): bigint;
  sendPing(nonce: bigint): void;
  /** Called once. */
  onLost(): void;
  onRoundTrip?(roundTripMs: number): void;
}

/** Nothing received for one timeout: sends PING. Nothing for another one: lost. Any received byte answers a poll. */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #timeoutMs: number;
  #lastReceivedMs: number;
  #pollSentMs: number | undefined;
  #lastPoll: { nonce: bigint; sentMs: number } | undefined;
  #dueMs = 0;
  #timer: Timer | undefined;
  #isStopped = false;
  #isSuspended = false;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs;
    this.#lastReceivedMs = options.clock.monotonicMs();
    this.#arm(this.#timeoutMs);
  }

  /** Called for every chunk. Leaves the timer alone, which looks at the time when it fires. */
  received(): void {
    this.#lastReceivedMs = this.#options.clock.monotonicMs();
    this.#pollSentMs = undefined;
  }

  /** Measures the round trip. False for an unknown nonce, which is ignored: `received` has counted its bytes. */
  pong(nonce: bigint): boolean {
    if (this.#lastPoll?.nonce !== nonce) return false;
    this.#options.onRoundTrip?.(this.#options.clock.monotonicMs() - this.#lastPoll.sentMs);
    this.#lastPoll = undefined;
    return true;
  }

  /** Takes effect at once. */
  setTimeout(timeoutMs: number): void {
    this.#timeoutMs = timeoutMs;
    this.#pollSentMs = undefined;
    this.#lastReceivedMs = this.#options.clock.monotonicMs();
    this.#arm(timeoutMs);
  }

  /** Reading is paused, so silence says nothing about the peer. */
  suspend(): void {
    this.#isSuspended = true;
    this.#timer?.cancel();
  }

  /** Reading goes on: the peer gets a full timeout. */
  resume(): void {
    this.#isSuspended = false;
    this.setTimeout(this.#timeoutMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #arm(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isStopped || this.#isSuspended || this.#timeoutMs === 0) return;
    this.#dueMs = this.#options.clock.monotonicMs() + delayMs;
    this.#timer = this.#options.clock.setTimer(delayMs, () => this.#fire());
  }

  #fire(): void {
    if (this.#isStopped) return;
    const nowMs = this.#options.clock.monotonicMs();
    // After a late timer the process was suspended and bytes may wait unread, so the peer gets another full timeout.
    const wasLate = nowMs - this.#dueMs > this.#timeoutMs / 4;
    const since = this.#pollSentMs ?? this.#lastReceivedMs;
    const leftMs = since + this.#timeoutMs - nowMs;
    if (leftMs > 0) {
      this.#arm(leftMs);
    } else if (this.#pollSentMs === undefined || wasLate) {
      this.#poll(nowMs);
    } else {
      this.stop();
      this.#options.onLost();
    }
  }

  #poll(nowMs: number): void {
    this.#pollSentMs = nowMs;
    this.#lastPoll = { nonce: this.#options.nextNonce(), sentMs: nowMs };
    this.#options.sendPing(this.#lastPoll.nonce);
    this.#arm(this.#timeoutMs);
  }
}
