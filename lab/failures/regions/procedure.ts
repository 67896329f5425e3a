/** The steps of docs/guides/regions.md: fail-over to the second region, and back; their titles are those of the page. */
import { setTimeout as wait } from 'node:timers/promises';
import { createCallers } from './callers.ts';
import type { Installation } from './installation.ts';
import type { Region } from './region.ts';

export interface Step {
  title: string;
  run(): Promise<unknown>;
}

export function failOver({ publicUrl, first, second, settings }: Installation): Step[] {
  return [
    { title: 'Fence the lost region', run: () => first.kill() },
    {
      title: 'See what the standby has',
      run: () => second.psql('SELECT pg_last_xact_replay_timestamp()'),
    },
    {
      title: 'Promote the standby',
      async run() {
        await second.psql('SELECT pg_promote()');
        // The numbers that the lost region gave last may not have been copied; none is given twice.
        await second.psql(
          "SELECT setval('environment.person_dbids', last_value + 1000000) FROM environment.person_dbids",
        );
      },
    },
    { title: 'Make the region writable', run: () => second.roll(settings.forced) },
    { title: 'Send the callers there', run: async () => undefined },
    { title: 'Look whether all is well', run: () => untilWritable(second, publicUrl) },
  ];
}

export function failBack({ publicUrl, first, second, settings }: Installation): Step[] {
  return [
    {
      title: 'Copy the database back',
      async run() {
        await first.startStores();
        await first.copyFrom(second.ports, second.postgresFolder);
      },
    },
    { title: 'Stop the writes', run: () => second.roll(settings.writable) },
    {
      title: 'Stop the server that writes',
      // A clean stop waits until the standby has everything.
      run: () => second.stopPostgres(),
    },
    { title: 'Promote the first region', run: () => first.psql('SELECT pg_promote()') },
    { title: 'Start the first region', run: () => first.roll(settings.writable) },
    { title: 'Send the callers back', run: () => untilWritable(first, publicUrl) },
    {
      title: 'Make the second region a standby again',
      async run() {
        await second.copyFrom(first.ports, first.postgresFolder);
        await second.roll(settings.readOnly);
      },
    },
  ];
}

async function untilWritable(region: Region, publicUrl: string): Promise<void> {
  const callers = createCallers(region, publicUrl);
  for (const startedMs = performance.now(); performance.now() - startedMs < 30_000; await wait(100)) {
    const { status } = await callers.writeSetting('last-write', region.location);
    if (status === 200) return;
  }
  throw new Error(`${region.location} accepts no writes`);
}
