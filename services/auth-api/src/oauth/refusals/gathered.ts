/** Holds refusals in memory until they are written: some examples of each client and reason, and the number of all. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { waiting as bounds } from './bounds.ts';
import type { SeenRefusal } from './observe.ts';

export interface Example extends SeenRefusal {
  atMs: number;
}

export interface Group {
  clientId: string;
  reason: string;
  count: number;
  lastAtMs: number;
  examples: Example[];
}

export function createGathered(now: Clock) {
  let groups = new Map<string, Group>();
  let examples = 0;

  function groupOf(clientId: string, reason: string): Group {
    // Beyond the bound they count as those of unknown clients: it is a flood that invents clients.
    const owner = groups.size < bounds.reasons || groups.has(`${clientId} ${reason}`) ? clientId : '';
    const key = `${owner} ${reason}`;
    const group = groups.get(key) ?? { clientId: owner, reason, count: 0, lastAtMs: 0, examples: [] };
    groups.set(key, group);
    return group;
  }

  return {
    /** Returns immediately. */
    add(seen: SeenRefusal): void {
      const group = groupOf(seen.clientId, seen.reason);
      const atMs = now();
      group.count += 1;
      group.lastAtMs = atMs;
      if (group.examples.length >= bounds.examplesPerReason || examples >= bounds.examples) return;
      group.examples.push({ ...seen, atMs });
      examples += 1;
    },
    /** Those that wait, which wait no longer. */
    take(): Group[] {
      const taken = [...groups.values()];
      groups = new Map();
      examples = 0;
      return taken;
    },
    /** After a failure: the numbers wait again, the examples are lost. */
    putBack(taken: readonly Group[]): void {
      for (const { clientId, reason, count, lastAtMs } of taken) {
        const group = groupOf(clientId, reason);
        group.count += count;
        group.lastAtMs = Math.max(group.lastAtMs, lastAtMs);
      }
    },
  };
}
