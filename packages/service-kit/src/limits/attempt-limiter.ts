/** Limits attempts by key within a window, counted in this process: a cheap guard before expensive work. */

import { createGrowingCache } from '../cache/growing-cache.ts';
import type { Clock } from '../clock.ts';
import { tooManyRequests } from '../errors/app-error.ts';
import { addressGroup } from './address-group.ts';

export type AttemptLimiter = ReturnType<typeof createAttemptLimiter>;

export interface AttemptLimiterOptions {
  attempts: number;
  windowMs: number;
  now: Clock;
  maxKeys?: number;
}

interface Window {
  startedAtMs: number;
  attempts: number;
  /** How many were told to come back. */
  refused: number;
}

export function createAttemptLimiter({ attempts, windowMs, now, maxKeys = 50_000 }: AttemptLimiterOptions) {
  const windows = createGrowingCache<Window>(maxKeys);

  function current(key: string): Window {
    const known = windows.get(key);
    if (known && now() - known.startedAtMs < windowMs) return known;
    const fresh = { startedAtMs: now(), attempts: 0, refused: 0 };
    windows.set(key, fresh);
    return fresh;
  }

  function refuseWhenUsedUp(key: string, window: Window): void {
    if (window.attempts < attempts) return;
    // One after the other within the next window: at its beginning all would come at once.
    const placeMs = (windowMs * (window.refused % attempts)) / attempts;
    window.refused += 1;
    const retryAfterSeconds = Math.ceil((window.startedAtMs + windowMs + placeMs - now()) / 1000);
    throw tooManyRequests(Math.max(1, retryAfterSeconds), {
      detail: `too many attempts by ${key}`,
    });
  }

  return {
    /** Counts an attempt before it is made, so that parallel attempts cannot pass the limit. @throws AppError (429) */
    reserve(key: string): void {
      const window = current(key);
      refuseWhenUsedUp(key, window);
      window.attempts += 1;
    },
    /** Refuses like `reserve`, and counts nothing. @throws AppError (429) */
    check(key: string): void {
      const window = windows.get(key);
      if (window && now() - window.startedAtMs < windowMs) refuseWhenUsedUp(key, window);
    },
    /** Takes an honest attempt back. */
    release(key: string): void {
      const window = current(key);
      window.attempts = Math.max(0, window.attempts - 1);
    },
  };
}

/** Limits by network address; an attacker with one IPv6 address has its whole /64. */
export function createAddressLimiter(options: AttemptLimiterOptions): AttemptLimiter {
  const { reserve, check, release } = createAttemptLimiter(options);
  return {
    reserve: (address) => reserve(addressGroup(address)),
    check: (address) => check(addressGroup(address)),
    release: (address) => release(addressGroup(address)),
  };
}
