/** Runs work that only one process of an installation may do at a time. */
import { isOfStandby, type Pool, type PoolClient, type Queryable } from './pool.ts';

/**
 * Runs the work while a session lock of PostgreSQL is held; the lock ends with the connection, also when the process dies.
 * Undefined when another process holds it. Lock names are `gatehouse.<name>`.
 */
export async function withAdvisoryLock<T>(
  pool: Pool,
  name: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T | undefined> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(hashtext('gatehouse'), hashtext($1)) AS locked`,
      [name],
    );
    if (!rows[0]?.locked) return undefined;
    try {
      return await work(client);
    } catch (error) {
      if (isOfStandby(error)) broken = error as Error;
      throw error;
    } finally {
      // A connection that cannot be unlocked is closed, which ends its lock.
      await client
        .query(`SELECT pg_advisory_unlock(hashtext('gatehouse'), hashtext($1))`, [name])
        .catch((error: Error) => {
          broken = error;
        });
    }
  } finally {
    client.release(broken);
  }
}

/** Waits for the lock and keeps it until the transaction ends. */
export async function holdAdvisoryLock(transaction: Queryable, name: string): Promise<void> {
  await transaction.query(`SELECT pg_advisory_xact_lock(hashtext('gatehouse'), hashtext($1))`, [name]);
}
