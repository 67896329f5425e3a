/** Where the connections of a pool lead, and what becomes of them when their machine is gone. */
import { createTestDatabase } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { withAdvisoryLock } from '../../src/postgres/advisory-lock.ts';
import { countRows } from '../../src/postgres/count-rows.ts';
import {
  atAddress,
  connectionOptions,
  createPool,
  inTransaction,
  type PostgresConfig,
  type Queryable,
} from '../../src/postgres/pool.ts';

it.each([
  'postgres://role:password@standby:5432/gatehouse',
  'postgres://role:password@localhost/gatehouse?host=standby&port=5432',
])('the address of another server replaces that of the connection string: %s', (url) => {
  const config = { url: new Secret(url), ssl: 'off' } as PostgresConfig;
  const { host, port, database, user } = new pg.Client(connectionOptions(atAddress(config, 'primary', 5433)));
  expect({ host, port, database, user }).toEqual({
    host: 'primary',
    port: 5433,
    database: 'gatehouse',
    user: 'role',
  });
});

it('a list is counted up to 10,000 rows, and no further', async () => {
  const pool = await openPool();
  const count = (rows: number) => countRows(pool, 'SELECT generate_series(1, $1::int)', [rows]);
  expect(await count(10_000)).toEqual({ total: 10_000 });
  expect(await count(1_000_000)).toEqual({ totalAtLeast: 10_001 });
});

async function openPool() {
  const { url, close } = await createTestDatabase();
  onTestFinished(close);
  const config = { url: new Secret(url), ssl: 'off', poolSize: 2 } as PostgresConfig;
  const log = createLogger('pool', { level: 'silent', format: 'json' });
  const pool = createPool(config, { schema: 'sample', applicationName: 'test', log });
  onTestFinished(() => pool.end());
  return pool;
}

/** After how many seconds the server gives up a client that is silent, and one that does not confirm what it is sent. */
async function patienceOf(client: Queryable) {
  const { rows } = await client.query(
    `SELECT current_setting('search_path') AS path, current_setting('tcp_keepalives_idle')::int
      + current_setting('tcp_keepalives_interval')::int * current_setting('tcp_keepalives_count')::int AS silent,
      (SELECT setting::int / 1000 FROM pg_settings WHERE name = 'tcp_user_timeout') AS unsent`,
  );
  return rows[0];
}

it('the server notices within a minute that a machine with locks is gone, whatever it locked, and gives them back', async () => {
  const pool = await openPool();
  const expected = { path: 'sample', silent: 30, unsent: 30 };
  expect(await inTransaction(pool, patienceOf)).toEqual(expected);
  expect(await withAdvisoryLock(pool, 'example', patienceOf)).toEqual(expected);
});
