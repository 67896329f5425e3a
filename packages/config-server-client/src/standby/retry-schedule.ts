/** Computes the pauses between attempts, with jitter, and when they start from the beginning. */
import type { StandbyOptions } from '../client-options.ts';

const jitterShare = 0.2;
/** So many connections may be left without a longer pause: a switchover and the one back, or a round of two backups. */
const quickLeavings = 2;

export class RetrySchedule {
  readonly #options: StandbyOptions;
  readonly #random: () => number;
  #failures = 0;
  #leavings = 0;

  constructor(options: StandbyOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** Pause after a round in which every endpoint failed. Follows the list of delays, whose last value repeats. */
  afterFailedRoundMs(): number {
    const delayMs = this.#delayMs(this.#failures);
    this.#failures += 1;
    return delayMs;
  }

  /** Pause while no server is primary. A switchover is going on, so the pause does not grow. */
  whileNoPrimaryMs(): number {
    return this.#delayMs(0);
  }

  /**
   * Pause after the loss of a connection that lived for `livedMs`. A stable connection resets the delays. The first
   * short one costs the random pause that keeps clients apart, every further one a step of the list.
   */
  afterLossMs(livedMs: number): number {
    if (livedMs >= this.#options.stableAfterMs) this.#failures = 0;
    const spreadMs = this.#random() * this.#options.reconnectionRandomDelayMs;
    if (livedMs >= this.#options.stableAfterMs) return spreadMs;
    const delayMs = this.#failures === 0 ? spreadMs : this.#delayMs(this.#failures - 1);
    this.#failures += 1;
    return delayMs;
  }

  /**
   * Pause after leaving a connection that worked: short, because a planned switchover must not cost a call. Only repeated
   * leaving costs steps of the list.
   */
  afterLeavingMs(livedMs: number): number {
    const { stableAfterMs, reconnectionRandomDelayMs, failFastAfterMs } = this.#options;
    if (livedMs >= stableAfterMs) {
      this.#failures = 0;
      this.#leavings = 0;
    }
    this.#leavings += 1;
    if (this.#leavings > quickLeavings) return this.#delayMs(this.#leavings - quickLeavings - 1);
    return this.#random() * Math.min(reconnectionRandomDelayMs, failFastAfterMs / 4);
  }

  #delayMs(step: number): number {
    const { retryDelaysMs } = this.#options;
    const base = retryDelaysMs[Math.min(step, retryDelaysMs.length - 1)] ?? 1_000;
    return base * (1 + jitterShare * (2 * this.#random() - 1));
  }
}
