/** Waits for what a replica writes down after its answer. */
import { setTimeout as delay } from 'node:timers/promises';

/** Refused requests are written every two seconds. */
const patienceMs = 10_000;
const pauseMs = 250;

/** Undefined: it was not written in time. */
export async function untilWritten<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const found = await find();
    if (found !== undefined || performance.now() > endMs) return found;
    await delay(pauseMs);
  }
}
