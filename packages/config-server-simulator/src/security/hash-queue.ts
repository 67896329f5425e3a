/** Bounds the expensive work: few hashes at a time, a limited number waiting, the rest refused at once. */
import { RequestRefused } from '../server/request-refused.ts';

export interface HashQueueOptions {
  /** Hashes at the same time. Default 2. */
  concurrency?: number;
  /** Logins waiting; above it they are refused with CFGForcedDisconnect. Default 1 000. */
  threshold?: number;
}

export class HashQueue {
  readonly #concurrency: number;
  readonly #threshold: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: HashQueueOptions = {}) {
    this.#concurrency = options.concurrency ?? 2;
    this.#threshold = options.threshold ?? 1_000;
  }

  /** Runs `work` when a place is free. Errors: CFGForcedDisconnect when the queue is over its threshold. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#concurrency) {
      if (this.#waiting.length >= this.#threshold) {
        throw new RequestRefused('CFGForcedDisconnect', 'the authentication queue is full', {
          retryable: true,
          retryAfterMs: 1_000,
        });
      }
      // Whoever is done hands the place over: in between nobody else can take it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
