/** When to try again: the delays between rounds, their jitter, and what resets them. Pure arithmetic. */
import type { StandbyOptions } from '../client-options.ts';

const jitterShare = 0.2;

export class RetrySchedule {
  readonly #options: StandbyOptions;
  readonly #random: () => number;
  #failures = 0;

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

  #delayMs(step: number): number {
    const { retryDelaysMs } = this.#options;
    const base = retryDelaysMs[Math.min(step, retryDelaysMs.length - 1)] ?? 1_000;
    return base * (1 + jitterShare * (2 * this.#random() - 1));
  }
}
