/** Defines the logger that this package accepts, and limits warnings that the other side can provoke. */
import type { Clock } from './clock.ts';

/** The shape of pino's logger. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const warningsPerWindow = 5;
const windowMs = 60_000;

export class SparseWarning {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #message: string;
  #startedMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(clock: Clock, log: Logger, message: string) {
    this.#clock = clock;
    this.#log = log;
    this.#message = message;
  }

  /** Logs at most five warnings a minute. The first one of the next minute says how many were left out. */
  warn(fields: object): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#startedMs >= windowMs) {
      const leftOut = Math.max(0, this.#count - warningsPerWindow);
      this.#startedMs = nowMs;
      this.#count = 1;
      this.#log.warn(leftOut === 0 ? fields : { ...fields, leftOut }, this.#message);
      return;
    }
    this.#count += 1;
    if (this.#count <= warningsPerWindow) this.#log.warn(fields, this.#message);
  }
}
