/** Runs once around a whole test run: one real PostgreSQL server that every test file takes databases from. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { sharedServerVariable } from './postgres.ts';
import { startPostgresServer } from './postgres-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const folder = await temporaryFolder();
  const server = await startPostgresServer({
    dataDir: join(folder, 'data'),
    port: await freePort(),
    persistent: true,
    password: 'test',
    fast: true,
  });
  process.env[sharedServerVariable] = server.url;
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
