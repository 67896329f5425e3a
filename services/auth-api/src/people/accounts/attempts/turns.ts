/** Lets an attempt wait while others are asked about, so that the right password is not refused for what may be right too. */
import { setTimeout as delay } from 'node:timers/promises';
import { SignInError } from '../../directories/sign-in-error.ts';

/** Longer than a Configuration Server takes to compute a few hashes. */
const longestWaitMs = 4_000;
const firstPauseMs = 10;
const longestPauseMs = 200;
const longestSpreadMs = 30_000;

/** Milliseconds to wait; 0: go on; -1: ask again when others were answered. */
export interface Admission {
  waitMs: number;
}

/** `maxWaiting`: attempts that may wait for one key on this replica; a flood is refused instead of kept. */
export function createTurns(limit: 'account' | 'address', maxWaiting: number) {
  const waiting = new Map<string, number>();
  // Of one address many wait, and must not all come back at once.
  const spreadMs = () => (limit === 'address' ? Math.random() * longestSpreadMs : 0);

  const retry = async <T extends Admission>(ask: () => Promise<T>, first: T): Promise<T> => {
    const endMs = performance.now() + longestWaitMs;
    let admission = first;
    for (let pauseMs = firstPauseMs; admission.waitMs < 0 && performance.now() < endMs; pauseMs *= 2) {
      await delay(Math.min(pauseMs, longestPauseMs));
      admission = await ask();
    }
    return admission;
  };

  const wait = async <T extends Admission>(key: string, ask: () => Promise<T>, first: T): Promise<T> => {
    const others = waiting.get(key) ?? 0;
    if (others >= maxWaiting) return first;
    waiting.set(key, others + 1);
    try {
      return await retry(ask, first);
    } finally {
      const left = (waiting.get(key) ?? 1) - 1;
      if (left === 0) waiting.delete(key);
      else waiting.set(key, left);
    }
  };

  /**
   * `mayPass`: whether an attempt that would wait needs no turn, because what it asks was just answered.
   * @throws SignInError `throttled`
   */
  return async <T extends Admission>(
    key: string,
    ask: () => Promise<T>,
    mayPass?: Promise<boolean>,
  ): Promise<T> => {
    const first = await ask();
    if (first.waitMs < 0 && mayPass !== undefined && (await within(longestWaitMs, mayPass)))
      return { ...first, waitMs: 0 };
    const admission = first.waitMs < 0 ? await wait(key, ask, first) : first;
    if (admission.waitMs === 0) return admission;
    throw new SignInError('throttled', {
      retryAfterSeconds: Math.max(1, Math.ceil((admission.waitMs + spreadMs()) / 1000)),
      detail:
        admission.waitMs < 0
          ? `other attempts on the ${limit} are not answered yet`
          : `the ${limit} limit was reached`,
    });
  };
}

async function within(limitMs: number, answer: Promise<boolean>): Promise<boolean> {
  const limit = new AbortController();
  try {
    return await Promise.race([answer, delay(limitMs, false, { signal: limit.signal })]);
  } finally {
    limit.abort();
  }
}
