/** Reads `pg_stat_archiver` of a real server: archiving off, failing, working again, and hidden from the account. */
import { join } from 'node:path';
import { freePort } from '@gatehouse/testing/network';
import { type PostgresServer, startPostgresServer } from '@gatehouse/testing/postgres';
import { temporaryFolder } from '@gatehouse/testing/programs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { examine } from '../../src/health/diagnosis.ts';
import { archiveProbe } from '../../src/postgres/archive-probe.ts';

const start = async (dataDir: string) =>
  startPostgresServer({
    dataDir,
    port: await freePort(),
    persistent: true,
    password: 'of-the-test',
    fast: true,
  });

let server: PostgresServer;
let db: pg.Pool;
const folder = await temporaryFolder();

/** Of the server in this folder, started again. */
async function open(): Promise<void> {
  server = await start(join(folder, 'archive'));
  db = new pg.Pool({ connectionString: server.url });
  // The server ends before its last connection has.
  db.on('error', () => undefined);
}
async function close(): Promise<void> {
  await db.end();
  await server.stop();
}

beforeAll(open);
afterAll(close);

const found = async (of: pg.Pool = db) => (await examine([archiveProbe(of)])).findings[0];

async function archiveBy(command: string): Promise<void> {
  await db.query(`ALTER SYSTEM SET archive_command = '${command}'`);
  await db.query('SELECT pg_reload_conf()');
  await db.query('CREATE TABLE IF NOT EXISTS written (at timestamptz)');
  await db.query('INSERT INTO written VALUES (now())');
  await db.query('SELECT pg_switch_wal()');
}

it('says that nothing is archived where archiving is off', async () => {
  expect(await found()).toMatchObject({
    status: 'skipped',
    message: expect.stringContaining('archive_mode is off'),
  });
});

it('fails with the segment while the command fails, and tells the last one once it works', async () => {
  await db.query('ALTER SYSTEM SET archive_mode = on');
  await close();
  await open();
  expect(await found()).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('no WAL yet'),
  });

  await archiveBy('false');
  await vi.waitFor(
    async () =>
      expect(await found()).toMatchObject({
        status: 'failed',
        message: expect.stringMatching(/failed to archive the WAL 0\w{23} at \d{4}-.*archive_command/),
      }),
    { timeout: 20_000 },
  );

  await archiveBy('true');
  await vi.waitFor(
    async () =>
      expect(await found()).toMatchObject({
        status: 'ok',
        message: expect.stringMatching(/^The last WAL was archived at \d{4}-\d\d-\d\dT/),
      }),
    { timeout: 60_000, interval: 200 },
  );
}, 90_000);

it('names the account that may not read it', async () => {
  await db.query('REVOKE SELECT ON pg_catalog.pg_stat_archiver FROM PUBLIC');
  await db.query(`CREATE ROLE plain LOGIN PASSWORD 'plain-of-the-test'`);
  const url = new URL(server.url);
  url.username = 'plain';
  url.password = 'plain-of-the-test';
  const plain = new pg.Pool({ connectionString: url.href });
  plain.on('error', () => undefined);
  const finding = await found(plain);
  await plain.end();
  expect(finding).toMatchObject({
    status: 'skipped',
    message: expect.stringContaining('The account plain may not read pg_stat_archiver'),
  });
});
