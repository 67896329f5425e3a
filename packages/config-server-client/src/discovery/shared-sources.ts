/** Lets several clients use one watch of a registry, and a replaced client hand its last known list to its successor. */
import type { EndpointSource } from './endpoint-source.ts';

export interface SharedSources {
  /**
   * The source under `key`, created if nobody uses it now. Closing the returned view gives it back; the source itself
   * is closed with its last view. The key must name everything that `create` depends on.
   */
  acquire(key: string, create: () => EndpointSource): EndpointSource;
  /** Closes every source, whoever still uses it. */
  closeAll(): Promise<void>;
}

interface Entry {
  source: EndpointSource;
  users: number;
}

/** See SharedSources. */
export function createSharedSources(): SharedSources {
  const entries = new Map<string, Entry>();

  const release = async (key: string, entry: Entry) => {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (entries.get(key) === entry) entries.delete(key);
    await entry.source.close();
  };

  return {
    acquire(key, create) {
      const entry = entries.get(key) ?? { source: create(), users: 0 };
      entries.set(key, entry);
      entry.users += 1;
      return view(entry.source, () => release(key, entry));
    },
    async closeAll() {
      const all = [...entries.values()];
      entries.clear();
      await Promise.all(all.map(({ source }) => source.close()));
    },
  };
}

function view(source: EndpointSource, release: () => Promise<void>): EndpointSource {
  const subscriptions = new Set<() => void>();
  let closing: Promise<void> | undefined;
  return {
    current: () => source.current(),
    get hasAnswered() {
      return source.hasAnswered;
    },
    get problem() {
      return source.problem;
    },
    subscribe(listener) {
      if (closing !== undefined) return () => undefined;
      const end = source.subscribe(listener);
      subscriptions.add(end);
      return () => {
        subscriptions.delete(end);
        end();
      };
    },
    close() {
      closing ??= (async () => {
        for (const end of subscriptions) end();
        subscriptions.clear();
        await release();
      })();
      return closing;
    },
  };
}
