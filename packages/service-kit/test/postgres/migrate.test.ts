/** What an operator reads of a migration that fails: one sentence. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '@gatehouse/testing/network';
import { createTestDatabase, sharedServerVariable } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import type { PostgresConfig } from '../../src/postgres/pool.ts';

const log = createLogger('migrations', { level: 'silent', format: 'json' });

async function folderOf(files: Record<string, string>): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-migrations-'));
  for (const [name, sql] of Object.entries(files))
    await writeFile(join(folder, `${name}.sql`), `-- Up Migration\n${sql};\n-- Down Migration\n`);
  return pathToFileURL(`${folder}/`);
}

const first = { '20270101000000_first': 'CREATE TABLE things (id int)' };
const second = { '20270102000000_second': 'ALTER TABLE things ADD COLUMN note text' };

const configOf = (url: string) => ({ url: new Secret(url), ssl: 'off' }) as PostgresConfig;

async function database() {
  const { url, close } = await createTestDatabase();
  onTestFinished(close);
  return { url, name: new URL(url).username };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** Of the server, in the database of the test. */
function administratorOf(url: string): string {
  const administrator = new URL(process.env[sharedServerVariable] as string);
  administrator.pathname = new URL(url).pathname;
  return administrator.href;
}

async function run(url: string, files: Record<string, string>, patienceMs = 0) {
  const folder = await folderOf(files);
  return migrate(configOf(url), { schema: 'example', folder, log, patienceMs });
}

/** The sentence, and that it is one. */
async function sentenceOf(failing: Promise<unknown>): Promise<string> {
  const { message } = await failing.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );
  expect(message).toMatch(/^[^\n]+[^.\n]\.$/);
  return message;
}

test('a database that nobody serves is named with its address, after the time that it was given', async () => {
  const port = await freePort();
  expect(await sentenceOf(run(`postgres://a:b@127.0.0.1:${port}/c`, first))).toMatch(
    new RegExp(
      `^The schema example was not migrated, after \\d s of trying, .*127.0.0.1:${port}.*ECONNREFUSED`,
    ),
  );
});

test('a table that another session holds is waited for, no longer than was given, and taken when it is free', async () => {
  const { url } = await database();
  await run(url, first);
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE example.things');
    expect(await sentenceOf(run(url, { ...first, ...second }))).toMatch(
      /after \d+ s of trying, .*20270102000000_second: canceling statement due to lock timeout/,
    );
    const waiting = run(url, { ...first, ...second }, 60_000);
    await holder.query('COMMIT');
    expect(await waiting).toEqual(Object.keys(second));
  } finally {
    await holder.end();
  }
}, 40_000);

test('a migration that waits for a table which a backup reads holds up requests for moments, not until they fail', async () => {
  const { url } = await database();
  await run(url, first);
  const backup = new pg.Client({ connectionString: url });
  await backup.connect();
  try {
    await backup.query('BEGIN; SELECT FROM example.things');
    const migrating = run(url, { ...first, ...second }, 60_000);
    await vi.waitFor(async () => {
      const { rowCount } = await backup.query(
        `SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted`,
      );
      expect(rowCount).toBe(1);
    });
    const askedMs = performance.now();
    await query(url, 'SELECT FROM example.things');
    expect(performance.now() - askedMs).toBeLessThan(6000);
    await backup.query('COMMIT');
    expect(await migrating).toEqual(Object.keys(second));
  } finally {
    await backup.end();
  }
}, 60_000);

test('the server notices within a minute that the machine of a migration is gone, and gives its locks back', async () => {
  const { url } = await database();
  const seconds = `current_setting('tcp_keepalives_idle')::int
    + current_setting('tcp_keepalives_interval')::int * current_setting('tcp_keepalives_count')::int`;
  await run(url, {
    '20270101000000_noted': `CREATE TABLE noted (seconds int CHECK (seconds < 60));
    INSERT INTO noted SELECT ${seconds}`,
  });
});

test('a wrong password is told at once and is not in the sentence', async () => {
  const { url, name } = await database();
  const wrong = new URL(url);
  wrong.password = 'not-the-password';
  const sentence = await sentenceOf(run(wrong.href, first, 60_000));
  expect(sentence).toContain(`password authentication failed for user "${name}"`);
  expect(sentence).not.toContain('not-the-password');
});

test('a missing right is named with the statement that grants it', async () => {
  const { url, name } = await database();
  const admin = administratorOf(url);
  await query(admin, `ALTER DATABASE ${name} OWNER TO postgres`);
  expect(await sentenceOf(run(url, first))).toContain(`GRANT CREATE ON DATABASE ${name} TO ${name}`);
  await query(admin, 'CREATE SCHEMA example');
  expect(await sentenceOf(run(url, first))).toContain(`ALTER SCHEMA example OWNER TO ${name}`);
  // What is needed once is not asked for again.
  await query(admin, `ALTER SCHEMA example OWNER TO ${name}`);
  expect(await run(url, first)).toEqual(Object.keys(first));
});

test('a statement that fails is told with its file, and nothing of the run stays', async () => {
  const { url } = await database();
  const broken = { '20270103000000_broken': 'ALTER TABLE nothing ADD COLUMN x int' };
  expect(await sentenceOf(run(url, { ...first, ...broken }))).toContain(
    '20270103000000_broken: relation "nothing" does not exist',
  );
  expect(await run(url, first)).toEqual(Object.keys(first));
});

test('a newer schema is right, one of another line of versions is refused', async () => {
  const { url } = await database();
  await run(url, { ...first, ...second });
  expect(await run(url, first)).toEqual([]);
  const other = { '20270101120000_other': 'SELECT 1' };
  expect(await sentenceOf(run(url, { ...first, ...other }))).toMatch(
    /it has 20270102000000_second, which this version does not know, and lacks 20270101120000_other/,
  );
});
