/** Starts one PostgreSQL server for a whole test run; every test file creates databases on it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './network/ports.ts';
import { sharedServerVariable } from './postgres/postgres.ts';
import { startPostgresServer } from './postgres/postgres-server.ts';
import { temporaryFolder } from './programs/temporary-folder.ts';

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
