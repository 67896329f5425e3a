/** How often a registry is asked: never more than once in an interval, and ever less while it does not answer. */

export interface QueryPaceOptions {
  /** From the start of a query to the start of the next one. */
  intervalMs: number;
  /** Pause after the first failure; doubles with every further one. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

const jitterShare = 0.2;

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

  /** Pause after a failed query; ±20 % jitter, so that many replicas do not come back at the same moment. */
  afterFailureMs(agoMs: number): number {
    const { intervalMs, firstPauseMs, longestPauseMs, random } = this.#options;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures = Math.min(this.#failures + 1, 30);
    return Math.max(intervalMs - agoMs, pauseMs * (1 + jitterShare * (2 * random() - 1)));
  }
}
