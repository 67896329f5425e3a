/** What happens to the lock of a process that does not say goodbye. */
import { createTestDatabase } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { withAdvisoryLock } from '../../src/postgres/advisory-lock.ts';

test('the server notices within a minute that a machine with a lock is gone, and gives the lock back', async () => {
  const { url, close } = await createTestDatabase();
  onTestFinished(close);
  const pool = new pg.Pool({ connectionString: url });
  onTestFinished(() => pool.end());
  const seconds = await withAdvisoryLock(pool, 'example', async (client) => {
    const { rows } = await client.query<{ idle: number; interval: number; count: number; unsent: number }>(
      `SELECT current_setting('tcp_keepalives_idle')::int AS idle, current_setting('tcp_keepalives_interval')::int AS interval,
        current_setting('tcp_keepalives_count')::int AS count, setting::int / 1000 AS unsent
      FROM pg_settings WHERE name = 'tcp_user_timeout'`,
    );
    return rows[0] && { silent: rows[0].idle + rows[0].interval * rows[0].count, unsent: rows[0].unsent };
  });
  expect(seconds).toEqual({ silent: 30, unsent: 30 });
});
