/** Watches the memory of a service by its metrics. */
import { setTimeout as wait } from 'node:timers/promises';

export interface Sample {
  heap: number;
  resident: number;
}

const intervalMs = 1_000;

/** Of the management port of a service. */
export function watchMemory(managementUrl: string) {
  const ending = new AbortController();
  const samples: Sample[] = [];
  const watching = (async () => {
    while (!ending.signal.aborted) {
      const text = await (await fetch(`${managementUrl}/metrics`)).text();
      const mebibytes = (name: string) =>
        Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]) / 2 ** 20;
      samples.push({
        heap: mebibytes('nodejs_heap_size_used_bytes'),
        resident: mebibytes('process_resident_memory_bytes'),
      });
      await wait(intervalMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop(): Promise<readonly Sample[]> {
      ending.abort();
      await watching;
      return samples;
    },
  };
}

/** Least of the first and of the last quarter: what is left right after a collection. */
export function growthOf(samples: readonly Sample[]) {
  const quarter = Math.ceil(samples.length / 4);
  const [first, last] = [samples.slice(0, quarter), samples.slice(-quarter)];
  const least = (name: keyof Sample, of: readonly Sample[]) =>
    Math.round(Math.min(...of.map((sample) => sample[name])));
  const pair = (name: keyof Sample) => ({ before: least(name, first), after: least(name, last) });
  return { heap: pair('heap'), resident: pair('resident') };
}
