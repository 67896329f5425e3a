/** Asks a region the same questions over and over, and tells how long each was not answered. */
import { setTimeout as wait } from 'node:timers/promises';
import { createCallers } from './callers.ts';
import type { Held } from './facts.ts';
import type { Region } from './region.ts';

const intervalMs = 100;

export function watchCalls(region: Region, publicUrl: string, { jwt }: Held) {
  const callers = createCallers(region, publicUrl);
  const startedMs = performance.now();
  const questions: Record<string, () => Promise<boolean>> = {
    'introspection of a JWT': async () => (await callers.isActive(jwt.access)) === true,
    'client credentials': async () =>
      (await callers.token('opaque', { grant_type: 'client_credentials' })).status === 200,
    login: async () => (await callers.logIn('opaque')).status === 200,
    'write of a setting': async () => (await callers.writeSetting('watched', 'now')).status === 200,
  };
  const results = Object.entries(questions).map(([name, ask]) => ({
    name,
    ask,
    asked: 0,
    failed: 0,
    lastMs: 0,
  }));
  let isEnding = false;
  const asking = results.map(async (result) => {
    for (; !isEnding; await wait(intervalMs)) {
      result.asked += 1;
      if (await result.ask()) continue;
      result.failed += 1;
      result.lastMs = performance.now() - startedMs;
    }
  });
  return {
    async print(): Promise<void> {
      isEnding = true;
      await Promise.all(asking);
      console.log(`\n${region.location} during the fail-over`);
      console.table(
        results.map(({ name, asked, failed, lastMs }) => ({
          ...{ request: name, asked, failed },
          'seconds until the last failure': Math.round(lastMs / 100) / 10,
        })),
      );
    },
  };
}
