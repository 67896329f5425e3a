/** When to try again: the delays between rounds, their jitter, and what resets them. Pure arithmetic. */
import type { StandbyOptions } from '../client-options.ts';

const jitterShare = 0.2;
/** A switchover and the one back, or a round of two backups, before servers that send us away slow us down. */
const leavingsAtOnce = 2;

export class RetrySchedule {
  readonly #options: StandbyOptions;
  readonly #random: () => number;
  #failures = 0;
  #leavings = 0;

  constructor(options: StandbyOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** Pause after a round in which every endpoint failed; grows along the list, the last value repeats. */
  afterFailedRoundMs(): number {
    const delayMs = this.#delayMs(this.#failures);
    this.#failures += 1;
    return delayMs;
  }

  /** Pause while all servers stand by for each other: a switchover is going on, so the delay does not grow. */
  whileNoPrimaryMs(): number {
    return this.#delayMs(0);
  }

  /**
   * Pause after the loss of a connection that lived for `livedMs`. A stable one resets the delays; the first short-lived
   * one costs only the random pause that spreads the herd, every further one a step of the list: no flapping loop.
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
   * Pause after a connection that was given up while it worked: short, because a planned switchover must not cost a
   * call, whatever failed before it. Only servers that send us away again and again cost steps of the list.
   */
  afterLeavingMs(livedMs: number): number {
    const { stableAfterMs, reconnectionRandomDelayMs, failFastAfterMs } = this.#options;
    if (livedMs >= stableAfterMs) {
      this.#failures = 0;
      this.#leavings = 0;
    }
    this.#leavings += 1;
    if (this.#leavings > leavingsAtOnce) return this.#delayMs(this.#leavings - leavingsAtOnce - 1);
    return this.#random() * Math.min(reconnectionRandomDelayMs, failFastAfterMs / 4);
  }

  #delayMs(step: number): number {
    const { retryDelaysMs } = this.#options;
    const base = retryDelaysMs[Math.min(step, retryDelaysMs.length - 1)] ?? 1_000;
    return base * (1 + jitterShare * (2 * this.#random() - 1));
  }
}
