/** Limits how many passwords are checked at the same time: a few on the whole server, one for each user name. */
import { RequestRefused } from '../objects/request-refused.ts';

export interface HashQueueOptions {
  /** Hashes at the same time. Default 2. */
  concurrency?: number;
  /** Logins that may wait; further ones are refused with CFGForcedDisconnect. Default 1 000. */
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

  /** Runs `work` when a place is free. @throws RequestRefused CFGForcedDisconnect when too many wait */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#concurrency) {
      if (this.#waiting.length >= this.#threshold) {
        throw new RequestRefused('CFGForcedDisconnect', 'the authentication queue is full', {
          retryable: true,
          retryAfterMs: 1_000,
        });
      }
      // The place is handed over below: no other login can take it in between.
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

/**
 * Checks one attempt per user name at a time, else fifty attempts at once all pass before the lock is set. Unknown names
 * wait as well: a faster answer would reveal which names exist.
 */
export class AttemptQueue {
  readonly #waiting = new Map<string, (() => void)[]>();

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) this.#waiting.set(name, []);
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.get(name)?.shift();
      if (next === undefined) this.#waiting.delete(name);
      else next();
    }
  }
}
