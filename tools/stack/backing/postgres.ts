/** Runs the stack's own PostgreSQL server. */
import { setTimeout as wait } from 'node:timers/promises';
import { startPostgresServer } from '@gatehouse/testing/postgres';
import type { SupervisedProgram } from '../processes/supervised.ts';
import type { StatePaths } from '../state/paths.ts';
import type { Secrets } from '../state/secrets.ts';

/** Address of the administrator account. */
export function postgresUrl(port: number, { postgresPassword }: Pick<Secrets, 'postgresPassword'>): string {
  return `postgres://postgres:${postgresPassword}@127.0.0.1:${port}/postgres`;
}

export function postgresProgram(
  port: number,
  secrets: Pick<Secrets, 'postgresPassword'>,
  paths: Pick<StatePaths, 'postgresData'>,
): SupervisedProgram {
  return {
    name: 'postgres',
    // Fast shutdown: ends the sessions, writes the data.
    stopSignal: 'SIGINT',
    async launch(logFile, onSpawn, signal) {
      const start = () =>
        startPostgresServer({
          dataDir: paths.postgresData,
          port,
          persistent: true,
          password: secrets.postgresPassword,
          detached: true,
          logFile,
          onSpawn,
        });
      // The sessions of a killed server hold its shared memory until they notice, some seconds later.
      await start().catch(async () => {
        await wait(3000, undefined, { signal });
        await start();
      });
    },
  };
}
