/** Runs the rounds that bring revocations into both stores: one at a time, and few for the requests that wait for them. */
import { setTimeout as delay } from 'node:timers/promises';

/** Between rounds that requests wait for. */
const minRoundIntervalMs = 1000;

export function createRounds(work: () => Promise<void>) {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let startedAtMs = Number.NEGATIVE_INFINITY;

  function run(): Promise<void> {
    if (running !== undefined) return running;
    startedAtMs = performance.now();
    running = work().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function runNext(): Promise<void> {
    await delay(Math.max(0, startedAtMs + minRoundIntervalMs - performance.now()));
    await running?.catch(() => undefined);
    // A round that has begun does not cover the requests that come now.
    next = undefined;
    await run();
  }

  return {
    /** Joins the round that runs, or begins one. */
    run,
    /** Resolves when no round runs. */
    idle: async () => running?.catch(() => undefined),
    /** Joins the next round. Requests share it, because a flood of tokens that mean nothing must not keep PostgreSQL busy. */
    next(): Promise<void> {
      next ??= runNext();
      return next;
    },
  };
}
