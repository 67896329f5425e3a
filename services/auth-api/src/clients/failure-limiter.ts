/** Counts failed attempts per key in a sliding window, in this process: the guard in front of slow hashes. */

import type { Clock } from '@gatehouse/service-kit/clock';
import { tooManyRequests } from '@gatehouse/service-kit/errors/app-error';
import { LRUCache } from 'lru-cache';

export interface FailureLimiter {
  /** Counts an attempt before it is made, so that parallel ones cannot slip through. @throws AppError (429) */
  reserve(key: string): void;
  /** Refuses like reserve, and counts nothing. @throws AppError (429) */
  check(key: string): void;
  /** The attempt succeeded: it does not count. */
  release(key: string): void;
}

export interface FailureLimiterOptions {
  attempts: number;
  windowMs: number;
  now: Clock;
  maxKeys?: number;
}

interface Window {
  startedAtMs: number;
  attempts: number;
}

export function createFailureLimiter({
  attempts,
  windowMs,
  now,
  maxKeys = 50_000,
}: FailureLimiterOptions): FailureLimiter {
  const windows = new LRUCache<string, Window>({ max: maxKeys });

  function current(key: string): Window {
    const known = windows.get(key);
    if (known && now() - known.startedAtMs < windowMs) return known;
    const fresh = { startedAtMs: now(), attempts: 0 };
    windows.set(key, fresh);
    return fresh;
  }

  function refuseWhenUsedUp(key: string, window: Window): void {
    if (window.attempts < attempts) return;
    const retryAfterSeconds = Math.ceil((window.startedAtMs + windowMs - now()) / 1000);
    throw tooManyRequests(Math.max(1, retryAfterSeconds), {
      detail: `too many failed attempts for ${key}`,
    });
  }

  return {
    reserve(key) {
      const window = current(key);
      refuseWhenUsedUp(key, window);
      window.attempts += 1;
    },
    check(key) {
      const window = windows.get(key);
      if (window && now() - window.startedAtMs < windowMs) refuseWhenUsedUp(key, window);
    },
    release(key) {
      const window = current(key);
      window.attempts = Math.max(0, window.attempts - 1);
    },
  };
}
