/** Tells how far the installation is from the documents of each owner. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Logger, Metrics } from '@gatehouse/service-kit/observability';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { listOwners } from './store.ts';

const intervalMs = 30_000;

export function createDriftMetrics({ db, metrics, log }: { db: Pool; metrics: Metrics; log: Logger }) {
  const drift = metrics.gauge(
    'gatehouse_configuration_drift',
    'Things that differ from the documents of an owner, as the last check or apply found them.',
    ['owner'],
  );
  async function read(): Promise<void> {
    const owners = await listOwners(db);
    drift.reset();
    for (const { owner, drift: found } of owners)
      drift.set({ owner }, found.create + found.change + found.delete + found.refused);
  }
  return {
    read,
    work: createRepeatingWork({
      log,
      // Reads alone, and orders nothing by time.
      when: 'always',
      intervalMs,
      round: async () => {
        await read();
        return false;
      },
      failing: 'The drift from documents cannot be read',
      recovered: 'The drift from documents is read again',
    }),
  };
}
