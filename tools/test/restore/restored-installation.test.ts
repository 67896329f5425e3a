/** A backup of both databases in an empty installation with an empty Redis: what works there, and what is gone. */
import { createTestDatabase } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { it, onTestFinished } from 'vitest';
import { copyRows } from './copied-rows.ts';
import { type Databases, install, proveRestoration } from './restoration.ts';

async function createDatabase(): Promise<string> {
  const { url, close } = await createTestDatabase();
  onTestFinished(close);
  return url;
}

const createDatabases = async () => ({ auth: await createDatabase(), environment: await createDatabase() });

/** As Auth API does a minute after the newest change. */
async function recordFollowed({ auth, environment }: Databases): Promise<void> {
  const [from, to] = [environment, auth].map((connectionString) => new pg.Pool({ connectionString }));
  const newest = await from?.query('SELECT max(seq) AS seq FROM environment.changes');
  await to?.query('UPDATE auth.followed_ends SET seq = $1, mark = NULL', [newest?.rows[0].seq]);
  await Promise.all([from?.end(), to?.end()]);
}

it('a restored installation signs people in, knows clients, keys and revocations, and verifies the audit chain', async () => {
  await proveRestoration(await createDatabases(), async ({ databases, environmentApi }, environmentId) => {
    // The restored database is one that `migrate` of the same version made, and is otherwise empty.
    const restored = await install(await createDatabases());
    await restored.close();
    // In this order, as the documentation says: the other way round Auth API would have followed a change that is nowhere any more.
    await recordFollowed(databases);
    await copyRows(databases.auth, restored.databases.auth, 'auth');
    await environmentApi.contactCenter({ environmentId, domains: ['later'] });
    await copyRows(databases.environment, restored.databases.environment, 'environment');
    return restored.databases;
  });
}, 180_000);
