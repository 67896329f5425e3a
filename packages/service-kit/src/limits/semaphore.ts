/** Bounds expensive work: a number at once, a number waiting, the rest refused immediately. */
import { unavailable } from '../errors/app-error.ts';

export function createSemaphore({ concurrency, queueLength }: { concurrency: number; queueLength: number }) {
  let running = 0;
  const waiting: (() => void)[] = [];

  return {
    /** @throws AppError (503) when too many are waiting already. */
    async run<T>(work: () => Promise<T>): Promise<T> {
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
        // The place passes directly to the next one, so that nothing overtakes.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
