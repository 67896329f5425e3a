/** Counts attempts per key in a window, in this process: a guard that costs nothing in front of work that does. */

import { createGrowingCache } from '../cache/growing-cache.ts';
import type { Clock } from '../clock.ts';
import { tooManyRequests } from '../errors/app-error.ts';
import { addressGroup } from './address-group.ts';

export interface AttemptLimiter {
  /** Counts an attempt before it is made, so that parallel ones cannot slip through. @throws AppError (429) */
  reserve(key: string): void;
  /** Refuses like reserve, and counts nothing. @throws AppError (429) */
  check(key: string): void;
  /** The attempt was honest: it does not count. */
  release(key: string): void;
}

export interface AttemptLimiterOptions {
  attempts: number;
  windowMs: number;
  now: Clock;
  maxKeys?: number;
}

interface Window {
  startedAtMs: number;
  attempts: number;
}

export function createAttemptLimiter({
  attempts,
  windowMs,
  now,
  maxKeys = 50_000,
}: AttemptLimiterOptions): AttemptLimiter {
  const windows = createGrowingCache<Window>(maxKeys);

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
      detail: `too many attempts by ${key}`,
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

/** The same by network address: whoever has one IPv6 address has all of its /64. */
export function createAddressLimiter(options: AttemptLimiterOptions): AttemptLimiter {
  const { reserve, check, release } = createAttemptLimiter(options);
  return {
    reserve: (address) => reserve(addressGroup(address)),
    check: (address) => check(addressGroup(address)),
    release: (address) => release(addressGroup(address)),
  };
}
