/** How often a registry is asked: never more than once a second, and ever less while it does not answer. */

export interface QueryPaceOptions {
  /** From the start of a query that was answered to the start of the next one. */
  intervalMs: number;
  /** Pause after the first failure; doubles with every further one. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

const jitterShare = 0.2;
const shortestIntervalMs = 1_000;

export class QueryPace {
  readonly #options: QueryPaceOptions;
  #failures = 0;

  constructor(options: QueryPaceOptions) {
    this.#options = options;
  }

  /** Pause after an answer to a query that began `agoMs` ago. */
  afterAnswerMs(agoMs: number): number {
    this.#failures = 0;
    return Math.max(0, this.#options.intervalMs - agoMs);
  }

  /** Pause after a failed query; ±20 % jitter, so that replicas do not come back together. */
  afterFailureMs(agoMs: number): number {
    const { firstPauseMs, longestPauseMs, random } = this.#options;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures = Math.min(this.#failures + 1, 30);
    return Math.max(shortestIntervalMs - agoMs, pauseMs * (1 + jitterShare * (2 * random() - 1)));
  }
}
