/** Bounds expensive work: so many at once, so many waiting, the rest refused at once. */
import { unavailable } from '../errors/app-error.ts';

export interface SlowWork {
  /** @throws AppError (503) when too many are waiting already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createSlowWork({
  concurrency,
  queueLength,
}: {
  concurrency: number;
  queueLength: number;
}): SlowWork {
  let running = 0;
  const waiting: (() => void)[] = [];

  return {
    async run(work) {
      if (running >= concurrency) {
        if (waiting.length >= queueLength)
          throw unavailable('secret hashing', { detail: 'the queue is full' });
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        // The place passes straight to the next one, so that nobody overtakes.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
