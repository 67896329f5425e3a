/** Locks an environment for one check over all replicas; the connection that runs the check holds the lock. */
import type { Pool } from '@gatehouse/service-kit/postgres/pool';

const key = `hashtext('gatehouse.check'), hashtext($1)`;

/** Returns undefined when another check of the environment runs. */
export async function runExclusively<T>(
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
    // Ends a connection that may still hold the lock, which releases the lock.
    client.release(!isUnlocked);
  }
}
