/** Keeps the list of revocations in PostgreSQL, which outlives every loss of Redis. */
import { createBoundedDeletion, type Pool, type Queryable } from '@gatehouse/service-kit/postgres';
import { isEndless, isKnownKind, maxAheadMs, pageSize, type Revocation } from './revocation.ts';

export type RevocationTable = ReturnType<typeof createRevocationTable>;

interface Row {
  kind: string;
  id: string;
  not_before_ms: string;
}

/** A row is visible when its statement has ended, which statement_timeout bounds: later rows may be seen before it. */
const overlap = `interval '1 minute'`;
const removedAtOnce = 5000;

const endlessMs = 3_650 * 86_400_000;

/** As countedSince() says, of a row: PostgreSQL took it then, unless the clock of PostgreSQL ran ahead as well. */
const counted = (row: string) => `least(${row}.not_before_ms,
  (extract(epoch FROM least(${row}.written_at, clock_timestamp())) * 1000)::bigint + ${maxAheadMs})`;

export interface RevocationTableOptions {
  pool: Pool;
  /** Where revocations are written: `pool`, or the primary where `pool` is a standby. */
  writer?: Queryable;
  /** False in a read-only region: the writable one deletes what has expired. */
  isWritable?: boolean;
  /** Maximum lifetime of a token: a revocation is kept for as long. */
  lifeMs: number;
}

export function createRevocationTable({
  pool,
  writer = pool,
  isWritable = true,
  lifeMs,
}: RevocationTableOptions) {
  const expired = createExpiredDeletion(pool);
  return {
    ...createEpochRow(pool),

    /** Moves a not-before forward, never back. `db`: the writer, or the transaction that the revocations belong to. */
    async save(revocations: readonly Revocation[], db = writer): Promise<void> {
      // In one order everywhere: two statements that hold each other's rows would deadlock.
      const sorted = [...newestOf(revocations)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      await db.query({
        name: 'revocations_save',
        text: `INSERT INTO auth.revocations AS known (kind, id, not_before_ms, expires_at)
          SELECT kind, id, at, greatest(to_timestamp(at / 1000.0), clock_timestamp()) + life * interval '1 millisecond'
          FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS given (kind, id, at, life)
          ON CONFLICT (kind, id) DO UPDATE SET
            not_before_ms = greatest(${counted('known')}, excluded.not_before_ms),
            expires_at = greatest(known.expires_at, excluded.expires_at),
            written_at = clock_timestamp()
          WHERE excluded.not_before_ms > ${counted('known')}`,
        values: [
          sorted.map(({ kind }) => kind),
          sorted.map(({ id }) => id),
          sorted.map(({ atMs }) => Math.floor(atMs)),
          sorted.map((one) => (isEndless(one) ? endlessMs : lifeMs)),
        ],
      });
    },

    /** Gives the rows that were written since that moment of PostgreSQL's clock, or all; page by page. */
    async *read(sinceMoment = '-infinity'): AsyncGenerator<Revocation[]> {
      let after = { kind: '', id: '' };
      for (;;) {
        const { rows } = await pool.query<Row>({
          name: 'revocations_read',
          text: `SELECT kind, id, ${counted('revocations')} AS not_before_ms FROM auth.revocations
            WHERE written_at > $1::timestamptz - ${overlap} AND (kind, id) > ($2, $3)
            ORDER BY kind, id LIMIT ${pageSize}`,
          values: [sinceMoment, after.kind, after.id],
        });
        yield rows.flatMap(({ kind, id, not_before_ms: at }) =>
          isKnownKind(kind) ? [{ kind, id, atMs: Number(at) }] : [],
        );
        const last = rows.at(-1);
        if (last === undefined || rows.length < pageSize) return;
        after = last;
      }
    },

    /**
     * `at`: the moment from which the next read() finds everything that the coming one may miss.
     * `server`: another one when a copy of the database takes over, and when an older one is restored by whatever means.
     *
     * The rows of a standby have the primary's clock and come as late as the replication. So the moment is read from the newest
     * commit that has come, and from the beginning before the first.
     */
    async moment(): Promise<{ at: string; server: string }> {
      const { rows } = await pool.query<{ at: string; server: string }>(
        `SELECT CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_xact_replay_timestamp(), '-infinity')
            ELSE clock_timestamp() END::text AS at,
          concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), pg_relation_filenode('auth.revocations'),
            pg_is_in_recovery()) AS server`,
      );
      return rows[0] ?? { at: '-infinity', server: '' };
    },

    /** Up to when what has expired was deleted, in any region. Undefined: nothing was deleted yet. */
    async removedUntilMs(): Promise<number | undefined> {
      const { rows } = await pool.query<{ until: Date | null }>(
        `SELECT least(bound_at, clock_timestamp()) AS until FROM auth.deletion_bounds
          WHERE name = 'revocations' AND bound_at IS NOT NULL`,
      );
      return rows[0]?.until?.getTime();
    },

    /** Deletes what no living token can be older than. Resolves true when there may be more. */
    async removeExpired(): Promise<boolean> {
      return isWritable && (await expired.round()) === removedAtOnce;
    },
  };
}

function createExpiredDeletion(pool: Pool) {
  return createBoundedDeletion({
    pool,
    schema: 'auth',
    name: 'revocations',
    lock: 'delete:auth.revocations',
    due: 'clock_timestamp()',
    async oldest(client) {
      const { rows } = await client.query<{ expires_at: Date }>(
        'SELECT expires_at FROM auth.revocations ORDER BY expires_at LIMIT 1',
      );
      return rows[0]?.expires_at;
    },
    async remove(client, before) {
      const { rowCount } = await client.query(
        `DELETE FROM auth.revocations WHERE (kind, id) IN (
          SELECT kind, id FROM auth.revocations WHERE expires_at < $1 ORDER BY expires_at LIMIT ${removedAtOnce})`,
        [before],
      );
      return rowCount ?? 0;
    },
  });
}

/** The epoch by which replicas notice that Redis has lost its data. */
function createEpochRow(pool: Pool) {
  async function epoch(): Promise<string | undefined> {
    const { rows } = await pool.query<{ epoch: string }>('SELECT epoch FROM auth.revocation_epoch');
    return rows[0]?.epoch;
  }

  return {
    epoch,

    /** Whether another server writes, and this one repeats it. */
    async isStandby(): Promise<boolean> {
      const { rows } = await pool.query<{ is: boolean }>('SELECT pg_is_in_recovery() AS is');
      return rows[0]?.is === true;
    },

    /** Of replicas that replace the same epoch, one succeeds. Gives the epoch that is valid now. */
    async replaceEpoch(former: string | undefined, next: string): Promise<string> {
      await pool.query(
        `INSERT INTO auth.revocation_epoch AS known (epoch) VALUES ($1)
          ON CONFLICT (is_only) DO UPDATE SET epoch = excluded.epoch WHERE known.epoch = $2`,
        [next, former ?? ''],
      );
      return (await epoch()) ?? next;
    },
  };
}

/** One statement cannot write a row twice. */
function newestOf(revocations: readonly Revocation[]): Iterable<Revocation> {
  const newest = new Map<string, Revocation>();
  for (const revocation of revocations) {
    const known = newest.get(keyOf(revocation));
    if (known === undefined || known.atMs < revocation.atMs) newest.set(keyOf(revocation), revocation);
  }
  return newest.values();
}

/** Names a revocation; no kind contains a space. */
export function keyOf({ kind, id }: Pick<Revocation, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
