/** Keeps what another service answered: fresh for a while, revalidated after, served old while that service is down. */
import type { Clock } from './clock.ts';
import { createGrowingCache } from './growing-cache.ts';

export type Loaded<T> =
  | { status: 'found'; value: T; etag: string | undefined }
  | { status: 'unchanged' }
  | { status: 'missing' };

export interface ViewCacheOptions<T> {
  /** Asks the owner; with an etag the answer may be `unchanged`. Rejects when the owner cannot answer. */
  load(key: string, etag: string | undefined): Promise<Loaded<T>>;
  /** No question is asked for so long after the last confirmation, in milliseconds. */
  freshMs: number;
  /** A copy that was confirmed longer ago than this is not served even while the owner is down. */
  staleMaxMs: number;
  /** How long "there is none" is believed. Short, because it may just be about to be created. */
  missingMs: number;
  /** After a failure the owner is left alone for so long; copies are served meanwhile. */
  retryMs: number;
  maxEntries: number;
  /** A copy that is known to be outdated is dropped: better no answer than one that was taken back. */
  dropsOutdated?: boolean;
  now: Clock;
  /** Shared by the caches that ask the same owner, so that one failure is enough for all. */
  owner?: OwnerState;
  /** The owner could not be asked; the copy serves on. Told per failed question, not per use. */
  onStale?(key: string, ageMs: number, error: unknown): void;
}

export interface OwnerState {
  /** Set from a failure to the next good answer: meanwhile nobody who can be served waits for the owner. */
  failure: { error: unknown } | undefined;
  /** After a failure nothing is asked until then. */
  leftAloneUntilMs: number;
}

export function newOwnerState(): OwnerState {
  return { failure: undefined, leftAloneUntilMs: 0 };
}

export interface ViewCache<T> {
  /** Undefined: there is none. Rejects with the owner's failure when no usable copy is left. */
  get(key: string): Promise<T | undefined>;
  /** The owner is asked again about these before they are used; the copies stay as last resort. */
  invalidate(affected: (key: string, value: T) => boolean): void;
  invalidateAll(): void;
}

interface Entry<T> {
  value: T;
  etag: string | undefined;
  confirmedAtMs: number;
  outdated: boolean;
}

interface Load<T> {
  generation: number;
  answer: Promise<T | undefined>;
}

/** See ViewCache. Concurrent questions about one key are one question. */
export function createViewCache<T extends object>(options: ViewCacheOptions<T>): ViewCache<T> {
  const { now, owner = newOwnerState() } = options;
  const entries = createGrowingCache<Entry<T>>(options.maxEntries);
  // Apart from the entries, so that made-up names cannot push real ones out.
  const missingUntilMs = createGrowingCache<number>(options.maxEntries);
  const loads = new Map<string, Load<T>>();
  // A load that began before an invalidation may carry the state from before the change.
  let generation = 0;

  const isUsable = (entry: Entry<T> | undefined): entry is Entry<T> =>
    entry !== undefined && now() - entry.confirmedAtMs <= options.staleMaxMs;

  const isFresh = ({ outdated, confirmedAtMs }: Entry<T>): boolean =>
    !outdated && now() - confirmedAtMs < options.freshMs;

  const get = async (key: string): Promise<T | undefined> => {
    const entry = entries.get(key);
    if (entry && isFresh(entry)) return entry.value;
    if (!entry && (missingUntilMs.get(key) ?? 0) > now()) return undefined;
    const isLeftAlone = now() < owner.leftAloneUntilMs;
    // What is known to have changed is asked for before it is used; only a failure makes it serve on.
    if (owner.failure && isUsable(entry) && (isLeftAlone || !entry.outdated)) {
      if (!isLeftAlone) void load(key, entry).catch(() => undefined);
      return entry.value;
    }
    if (owner.failure && isLeftAlone) throw owner.failure.error;
    return load(key, entry);
  };

  /** One question at a time for each key. */
  const load = (key: string, entry: Entry<T> | undefined): Promise<T | undefined> => {
    const running = loads.get(key);
    if (running?.generation === generation) return running.answer;
    const started: Load<T> = { generation, answer: ask(key, entry) };
    loads.set(key, started);
    const done = () => {
      if (loads.get(key) === started) loads.delete(key);
    };
    started.answer.then(done, done);
    return started.answer;
  };

  const ask = async (key: string, entry: Entry<T> | undefined): Promise<T | undefined> => {
    const askedIn = generation;
    try {
      const loaded = await options.load(key, entry?.etag);
      owner.failure = undefined;
      owner.leftAloneUntilMs = 0;
      return settle(key, entry, loaded, askedIn === generation);
    } catch (error) {
      owner.failure = { error };
      owner.leftAloneUntilMs = now() + options.retryMs;
      // What is kept now: the copy may have been dropped while the question was on its way.
      const kept = entries.get(key);
      if (!isUsable(kept)) throw error;
      options.onStale?.(key, now() - kept.confirmedAtMs, error);
      return kept.value;
    }
  };

  const settle = (key: string, entry: Entry<T> | undefined, loaded: Loaded<T>, isCurrent: boolean) => {
    if (loaded.status === 'missing') {
      entries.delete(key);
      if (isCurrent) missingUntilMs.set(key, now() + options.missingMs);
      return undefined;
    }
    const kept = loaded.status === 'unchanged' ? entry : loaded;
    if (!kept) throw new Error('the owner answered "unchanged" to a question without an etag');
    const { value, etag } = kept;
    if (isCurrent || !options.dropsOutdated) {
      entries.set(key, { value, etag, confirmedAtMs: now(), outdated: !isCurrent });
    }
    missingUntilMs.delete(key);
    return value;
  };

  const invalidate = (affected: (key: string, value: T) => boolean) => {
    generation += 1;
    missingUntilMs.clear();
    for (const [key, entry] of entries.entries()) {
      if (!affected(key, entry.value)) continue;
      if (options.dropsOutdated) entries.delete(key);
      else entry.outdated = true;
    }
  };

  return { get, invalidate, invalidateAll: () => invalidate(() => true) };
}
