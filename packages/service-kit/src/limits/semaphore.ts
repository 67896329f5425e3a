/** Bounds work that others must not wait for: a number at once, a number waiting in order, the rest refused. */
import { unavailable } from '../errors/app-error.ts';

/** `patienceMs`: how long one waits; for ever unless told. */
export function createSemaphore({
  concurrency,
  queueLength = Number.POSITIVE_INFINITY,
  patienceMs,
}: {
  concurrency: number;
  queueLength?: number;
  patienceMs?: number | undefined;
}) {
  let running = 0;
  const waiting: (() => void)[] = [];

  function untilFree(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const giveUp = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(refusal(`no place came free within ${patienceMs} ms`));
      };
      const timer = patienceMs && setTimeout(giveUp, patienceMs);
      waiting.push(enter);
    });
  }

  return {
    /** @throws AppError (503) when too many are waiting already, or the wait is too long. */
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (running >= concurrency) {
        if (waiting.length >= queueLength) throw refusal('the queue is full');
        await untilFree();
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        // The place passes directly to the next one, so that nothing overtakes.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}

const refusal = (detail: string) => unavailable('a place', { detail });
