/** One direction of the keep-alive: tells within two timeouts that the peer is gone, and nothing too early. */
import type { Clock, Timer } from '../clock.ts';

export interface KeepAliveOptions {
  /** 0 = off. */
  timeoutMs: number;
  clock: Clock;
  /** A number that no earlier poll of this connection used. */
  nextNonce(): bigint;
  sendPing(nonce: bigint): void;
  /** Called once. */
  onLost(): void;
  onRoundTrip?(roundTripMs: number): void;
}

/**
 * Polls only an idle link: nothing received for one timeout → PING; nothing for another → lost. Any received byte
 * settles an outstanding poll.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #timeoutMs: number;
  #lastReceivedMs: number;
  #pollSentMs: number | undefined;
  #lastPoll: { nonce: bigint; sentMs: number } | undefined;
  #dueMs = 0;
  #timer: Timer | undefined;
  #stopped = false;
  #isSuspended = false;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs;
    this.#lastReceivedMs = options.clock.monotonicMs();
    this.#arm(this.#timeoutMs);
  }

  /** Called for every chunk; cheap, because the timer is not touched: it looks at the time when it fires. */
  received(): void {
    this.#lastReceivedMs = this.#options.clock.monotonicMs();
    this.#pollSentMs = undefined;
  }

  /** Measures; an unknown nonce is ignored, since the bytes themselves were already seen as life. */
  pong(nonce: bigint): void {
    if (this.#lastPoll?.nonce !== nonce) return;
    this.#options.onRoundTrip?.(this.#options.clock.monotonicMs() - this.#lastPoll.sentMs);
    this.#lastPoll = undefined;
  }

  /** Takes effect at once, on the open link. */
  setTimeout(timeoutMs: number): void {
    this.#timeoutMs = timeoutMs;
    this.#pollSentMs = undefined;
    this.#lastReceivedMs = this.#options.clock.monotonicMs();
    this.#arm(timeoutMs);
  }

  /** We do not read at the moment, so silence says nothing about the peer. */
  suspend(): void {
    this.#isSuspended = true;
    this.#timer?.cancel();
  }

  /** We read again: the peer gets a full timeout. */
  resume(): void {
    this.#isSuspended = false;
    this.setTimeout(this.#timeoutMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #arm(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#stopped || this.#isSuspended || this.#timeoutMs === 0) return;
    this.#dueMs = this.#options.clock.monotonicMs() + delayMs;
    this.#timer = this.#options.clock.setTimer(delayMs, () => this.#fire());
  }

  #fire(): void {
    if (this.#stopped) return;
    const nowMs = this.#options.clock.monotonicMs();
    // A late timer means that this process stood still: bytes may wait unread, so the peer gets another full timeout.
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
