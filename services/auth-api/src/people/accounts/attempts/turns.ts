/** Lets an attempt wait while others are asked about, so that the right password is not refused because of attempts that may be right too. */
import { setTimeout as delay } from 'node:timers/promises';
import { SignInError } from '../../directories/sign-in-error.ts';

/** Longer than a Configuration Server takes to compute a few hashes. */
const longestWaitMs = 4_000;
const firstPauseMs = 10;
const longestPauseMs = 200;
const longestSpreadMs = 30_000;

/** The answer of an account or an address to an attempt. */
export type Admission =
  /** Go on: the attempt has a place. */
  | { outcome: 'admitted' }
  /** Other attempts have the places, and are not answered yet: ask again. */
  | { outcome: 'busy' }
  /** Too many attempts were refused: none may go on before `waitMs` have passed. */
  | { outcome: 'refused'; waitMs: number };

/** The answer of the scripts: 0, -1, or the milliseconds to wait. */
export function readAdmission(answer: number): Admission {
  if (answer === 0) return { outcome: 'admitted' };
  return answer < 0 ? { outcome: 'busy' } : { outcome: 'refused', waitMs: answer };
}

interface Admitting {
  admission: Admission;
}

/** `maxWaiting`: attempts that may wait for one key on this replica; a flood is refused instead of kept. */
export function createTurns(limit: 'account' | 'address', maxWaiting: number) {
  const waiting = new Map<string, number>();
  // Of one address many wait, and must not all come back at once.
  const spreadMs = () => (limit === 'address' ? Math.random() * longestSpreadMs : 0);

  const retry = async <T extends Admitting>(ask: () => Promise<T>, first: T): Promise<T> => {
    const endMs = performance.now() + longestWaitMs;
    let asked = first;
    for (let pauseMs = firstPauseMs; isBusy(asked) && performance.now() < endMs; pauseMs *= 2) {
      await delay(Math.min(pauseMs, longestPauseMs));
      asked = await ask();
    }
    return asked;
  };

  const wait = async <T extends Admitting>(key: string, ask: () => Promise<T>, first: T): Promise<T> => {
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

  const refusal = (waitMs: number, detail: string) =>
    new SignInError('throttled', {
      retryAfterSeconds: Math.max(1, Math.ceil((waitMs + spreadMs()) / 1000)),
      detail,
    });

  /**
   * `mayPass`: whether a busy attempt needs no place, because its question was just answered.
   * @throws SignInError `throttled`
   */
  return async <T extends Admitting>(
    key: string,
    ask: () => Promise<T>,
    mayPass?: Promise<boolean>,
  ): Promise<T> => {
    const first = await ask();
    if (isBusy(first) && mayPass !== undefined && (await within(longestWaitMs, mayPass))) return first;
    const asked = isBusy(first) ? await wait(key, ask, first) : first;
    const { admission } = asked;
    switch (admission.outcome) {
      case 'admitted':
        return asked;
      case 'busy':
        throw refusal(0, `other attempts on the ${limit} are not answered yet`);
      case 'refused':
        throw refusal(admission.waitMs, `the ${limit} limit was reached`);
    }
  };
}

function isBusy({ admission }: Admitting): boolean {
  return admission.outcome === 'busy';
}

async function within(limitMs: number, answer: Promise<boolean>): Promise<boolean> {
  const limit = new AbortController();
  try {
    return await Promise.race([answer, delay(limitMs, false, { signal: limit.signal })]);
  } finally {
    limit.abort();
  }
}
