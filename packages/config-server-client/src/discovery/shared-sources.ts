/** Shares one watch of a registry between clients, so that a new client starts with the list of the one it replaces. */
import type { EndpointSource } from './endpoint-source.ts';

interface Entry {
  source: EndpointSource;
  users: number;
}

export function createSharedSources() {
  const entries = new Map<string, Entry>();

  const release = async (key: string, entry: Entry) => {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (entries.get(key) === entry) entries.delete(key);
    await entry.source.close();
  };

  return {
    /**
     * The source under `key`, created at its first use. Closing the returned view gives it back, and closing the last
     * view closes the source. The key must name everything on which `create` depends.
     */
    acquire(key: string, create: () => EndpointSource): EndpointSource {
      const entry = entries.get(key) ?? { source: create(), users: 0 };
      entries.set(key, entry);
      entry.users += 1;
      return view(entry.source, () => release(key, entry));
    },
    /** Closes every source, also those in use. */
    async closeAll(): Promise<void> {
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
