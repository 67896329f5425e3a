/** Caches the answers of another service: fresh for a while, then revalidated, and served stale while that service fails. */

import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';

export type Loaded<T> =
  | { status: 'found'; value: T; etag: string | undefined }
  | { status: 'unchanged' }
  | { status: 'missing' };

export interface RevalidatingCacheOptions<T> {
  /** Asks the owner; only with an etag may the answer be `unchanged`. Rejects when the owner cannot answer. */
  load(key: string, etag: string | undefined): Promise<Loaded<T>>;
  /** A copy is served without a question for so long after its last confirmation. */
  freshMs: number;
  /** A copy that was confirmed longer ago is not served even while the owner fails. */
  staleMaxMs: number;
  /** How long `missing` is believed. Short, because the thing may just be about to be created. */
  missingMs: number;
  /** The owner is not asked for so long after a failure. */
  retryMs: number;
  maxEntries: number;
  /** Deletes invalidated copies instead of keeping them for the time of a failure. */
  dropsOutdated?: boolean;
  now: Clock;
  /** Shared by caches that ask the same owner, so that one failure is enough for all of them. */
  owner?: OwnerState;
  /** Called when a copy is served because the owner failed; once per question, not per use. */
  onStale?(key: string, ageMs: number, error: unknown): void;
}

export interface OwnerState {
  /** Set from a failure to the next answer. */
  failure: { error: unknown; retryAtMs: number } | undefined;
}

export function newOwnerState(): OwnerState {
  return { failure: undefined };
}

/** How long an outdated copy waits for an owner that failed: one that hangs would add its time limit to every question. */
const patienceMs = 250;

type IsAffected<T> = (key: string, value: T) => boolean;

interface Entry<T> {
  value: T;
  etag: string | undefined;
  confirmedAtMs: number;
  /** Something has changed since: the owner is asked before the copy is used. */
  isOutdated: boolean;
}

export function createRevalidatingCache<T extends object>(options: RevalidatingCacheOptions<T>) {
  const { now, owner = newOwnerState() } = options;
  const entries = createGrowingCache<Entry<T>>(options.maxEntries);
  // Apart from the entries, so that made-up keys cannot push real copies out.
  const missingUntilMs = createGrowingCache<number>(options.maxEntries);
  const loads = new Map<string, Promise<T | undefined>>();

  const isUsable = (entry: Entry<T> | undefined): entry is Entry<T> =>
    entry !== undefined && now() - entry.confirmedAtMs <= options.staleMaxMs;

  /** Concurrent questions about one key are one question. */
  function load(key: string): Promise<T | undefined> {
    const running = loads.get(key);
    if (running !== undefined) return running;
    // An invalidation forgets the running questions: their answers may be older than the change.
    const isCurrent = () => loads.get(key) === started;
    const started: Promise<T | undefined> = ask(key, isCurrent).finally(() => {
      if (isCurrent()) loads.delete(key);
    });
    loads.set(key, started);
    return started;
  }

  async function ask(key: string, isCurrent: () => boolean): Promise<T | undefined> {
    const entry = entries.get(key);
    try {
      const loaded = await options.load(key, entry?.etag);
      owner.failure = undefined;
      return keep(key, entry, loaded, isCurrent());
    } catch (error) {
      owner.failure = { error, retryAtMs: now() + options.retryMs };
      // Read again: the copy may have been dropped while the question was on its way.
      const kept = entries.get(key);
      if (!isUsable(kept)) throw error;
      options.onStale?.(key, now() - kept.confirmedAtMs, error);
      return kept.value;
    }
  }

  function keep(key: string, entry: Entry<T> | undefined, loaded: Loaded<T>, isCurrent: boolean) {
    if (loaded.status === 'missing') {
      if (!isCurrent) return undefined;
      entries.delete(key);
      missingUntilMs.set(key, now() + options.missingMs);
      return undefined;
    }
    const found = loaded.status === 'unchanged' ? entry : loaded;
    if (!found) throw new Error('the owner answered "unchanged" to a question without an etag');
    const { value, etag } = found;
    // Asked before a change: it must neither bring back what was dropped nor replace what was read since.
    if (!isCurrent) return value;
    entries.set(key, { value, etag, confirmedAtMs: now(), isOutdated: false });
    missingUntilMs.delete(key);
    return value;
  }

  async function get(key: string): Promise<T | undefined> {
    const entry = entries.get(key);
    if (entry && !entry.isOutdated && now() - entry.confirmedAtMs < options.freshMs) return entry.value;
    if (!entry && (missingUntilMs.get(key) ?? 0) > now()) return undefined;
    const { failure } = owner;
    if (failure === undefined) return load(key);
    const isRetry = now() >= failure.retryAtMs;
    if (!isUsable(entry)) {
      if (!isRetry) throw failure.error;
      return load(key);
    }
    if (!isRetry) return entry.value;
    // One question is enough to learn whether the owner answers again.
    failure.retryAtMs = now() + options.retryMs;
    const answer = load(key).catch(() => entry.value);
    return entry.isOutdated ? within(patienceMs, answer, entry.value) : entry.value;
  }

  function invalidate(isAffected: IsAffected<T>, isDropped = options.dropsOutdated): void {
    loads.clear();
    missingUntilMs.clear();
    for (const [key, entry] of entries.entries()) {
      if (!isAffected(key, entry.value)) continue;
      if (isDropped) entries.delete(key);
      else entry.isOutdated = true;
    }
  }

  return {
    /** Undefined: there is none. Rejects with the owner's failure when no usable copy is left. */
    get,
    /** The owner is asked again about the affected entries before they are used. */
    invalidate: (isAffected: IsAffected<T>) => invalidate(isAffected),
    invalidateAll: () => invalidate(() => true),
    /** As invalidate, but the copies are not kept for the time of a failure either. */
    drop: (isAffected: IsAffected<T>) => invalidate(isAffected, true),
  };
}

/** The answer, or the fallback when it does not come in time. */
async function within<T>(waitMs: number, answer: Promise<T>, fallback: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(fallback), waitMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
