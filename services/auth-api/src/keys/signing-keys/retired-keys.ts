/** Deletes retired keys when all that they signed has expired, never faster than a clock that jumps may let them go. */
import { createBoundedDeletion, type Pool } from '@gatehouse/service-kit/postgres';

export function createRetiredKeys(
  pool: Pool,
  { keptMs, remove }: { keptMs: number; remove(retiredBeforeMs: number): Promise<number> },
) {
  return createBoundedDeletion({
    pool,
    schema: 'auth',
    name: 'signing-keys',
    lock: 'delete:auth.signing_keys',
    due: `clock_timestamp() - ${keptMs} * interval '1 millisecond'`,
    async oldest(client, due) {
      const { rows } = await client.query<{ at: Date | null }>(
        'SELECT min(retired_at) AS at FROM auth.signing_keys WHERE retired_at < $1',
        [due],
      );
      return rows[0]?.at ?? undefined;
    },
    remove: (_client, before) => remove(before.getTime()),
  });
}
