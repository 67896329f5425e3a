/** Computes the pauses between queries of a registry: at least a second, and longer while it does not answer. */

export interface QueryPaceOptions {
  /** From the start of an answered query to the start of the next one. */
  intervalMs: number;
  /** Pause after the first failure; doubles with every further one. */
  firstPauseMs: number;
  maxPauseMs: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

const jitterShare = 0.2;
const minIntervalMs = 1_000;

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

  /** Pause after a failed query, with ±20 % jitter, so that replicas do not return together. */
  afterFailureMs(agoMs: number): number {
    const { firstPauseMs, maxPauseMs, random } = this.#options;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, maxPauseMs);
    this.#failures = Math.min(this.#failures + 1, 30);
    return Math.max(minIntervalMs - agoMs, pauseMs * (1 + jitterShare * (2 * random() - 1)));
  }
}
