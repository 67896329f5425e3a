import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createBoundedDeletion, createDeletionBounds } from '../../src/postgres/bounded-deletion.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  await pool.query(`CREATE SCHEMA shop; CREATE TABLE shop.rows (at timestamptz NOT NULL);
    CREATE TABLE shop.clock (ahead interval NOT NULL);
    CREATE TABLE shop.deletion_bounds (name text PRIMARY KEY, bound_at timestamptz, measured_ms bigint NOT NULL DEFAULT 0,
      moves jsonb NOT NULL DEFAULT '[]', waiting_from timestamptz, waiting_to timestamptz, confirmed_to timestamptz)`);
});

afterAll(async () => {
  await pool.end();
  await database.close();
});

/** A row of each day of the last month; those of the last week are wanted. */
beforeEach(async () => {
  await pool.query(`TRUNCATE shop.rows, shop.clock, shop.deletion_bounds; INSERT INTO shop.clock VALUES ('0');
    INSERT INTO shop.rows SELECT clock_timestamp() - make_interval(days => n, mins => 1) FROM generate_series(0, 7) AS n`);
});

function replica(monotonicMs = () => performance.now()) {
  return createBoundedDeletion({
    ...{ pool, schema: 'shop', name: 'rows', lock: 'delete:shop.rows', monotonicMs },
    due: `(SELECT clock_timestamp() + ahead - interval '7 days' FROM shop.clock)`,
    async oldest(client) {
      const { rows } = await client.query<{ at: Date }>('SELECT at FROM shop.rows ORDER BY at LIMIT 1');
      return rows[0]?.at;
    },
    async remove(client, before) {
      return (await client.query('DELETE FROM shop.rows WHERE at < $1', [before])).rowCount ?? 0;
    },
  });
}

const count = async () => Number((await pool.query('SELECT count(*) FROM shop.rows')).rows[0].count);
const setClock = (ahead: string) => pool.query('UPDATE shop.clock SET ahead = $1', [ahead]);
const bounds = () => createDeletionBounds(pool, 'shop');

it('deletes what is past its time, and nothing else', async () => {
  expect(await replica().round()).toBe(1);
  expect(await count()).toBe(7);
  expect(await bounds().waiting()).toEqual([]);
});

// attack: set the clock of PostgreSQL 400 days ahead, so that what is kept by age is deleted | CWE-367 | guard: packages/service-kit/src/postgres/deletion-bound.ts
it.each(['100 days', '400 days'])(
  'a clock of PostgreSQL that jumps by %s deletes nothing, and an operator is asked',
  async (ahead) => {
    await replica().round();
    await setClock(ahead);
    for (const one of [replica(), replica()]) expect(await one.round()).toBe(0);
    expect(await count()).toBe(7);
    expect(await bounds().waiting()).toMatchObject([{ name: 'rows', from: expect.any(Date) }]);
    await setClock('0');
    expect(await replica().round()).toBe(0);
    expect(await bounds().waiting()).toEqual([]);
  },
);

it('what is confirmed is deleted', async () => {
  await replica().round();
  await setClock('100 days');
  await replica().round();
  expect(await bounds().confirm()).toHaveLength(1);
  expect(await bounds().waiting()).toEqual([]);
  expect(await replica().round()).toBe(7);
  expect(await bounds().confirm()).toEqual([]);
});

// attack: let the clock of PostgreSQL jump by a day again and again | CWE-367 | guard: packages/service-kit/src/postgres/bounded-deletion.ts
it('jumps of a day delete two days at most in 24 measured hours, over replicas and restarts', async () => {
  let nowMs = 0;
  const [one, other] = [replica(() => nowMs), replica(() => nowMs)];
  await one.round();
  for (let day = 1; day < 6; day += 1) {
    await setClock(`${day} days`);
    nowMs += 3_600_000;
    for (const process of [one, other, replica(() => nowMs)]) await process.round();
  }
  const kept = await count();
  expect(kept).toBeGreaterThanOrEqual(5);
  nowMs += 24 * 3_600_000;
  await setClock('3 days');
  await one.round();
  expect(await count()).toBeLessThan(kept);
});
