/** The lock of a check: one per environment over all replicas, held by a connection that lives as long as the check. */
import type { Pool } from '@gatehouse/service-kit/postgres/pool';

const key = `hashtext('gatehouse.check'), hashtext($1)`;

/** Runs the work alone, or returns undefined because somebody else is at it. */
export async function alone<T>(
  pool: Pool,
  environmentId: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const client = await pool.connect();
  let isUnlocked = false;
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(${key}) AS locked`,
      [environmentId],
    );
    if (!rows[0]?.locked) {
      isUnlocked = true;
      return undefined;
    }
    const result = await work();
    await client.query(`SELECT pg_advisory_unlock(${key})`, [environmentId]);
    isUnlocked = true;
    return result;
  } finally {
    // A connection that may still hold the lock is ended, and the lock with it.
    client.release(!isUnlocked);
  }
}
