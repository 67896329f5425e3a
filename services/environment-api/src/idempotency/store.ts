/** Stores idempotency keys and sealed answers in the table `idempotent_requests`. */
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface StoredRequest {
  /** Of releases before this one, whose sealed outcome has none; else empty. */
  digest: string;
  /** Sealed. */
  outcome: string;
}

export interface NewRequest {
  caller: string;
  key: string;
  /** By the clock of the process. */
  nowMs: number;
}

/** A repetition comes within this time. */
const kept = `interval '24 hours'`;

/** A clock of PostgreSQL that jumps ahead must not forget requests: the clock of the process does not follow it. */
const earliest = (nowMs: string) => `least(clock_timestamp(), to_timestamp(${nowMs}::float8 / 1000))`;

/**
 * Takes the key for this transaction, or returns the request that took it first. Waits while that request still runs: if it
 * fails, the key is free again.
 */
export async function takeKey(db: Queryable, request: NewRequest): Promise<StoredRequest | undefined> {
  const { caller, key, nowMs } = request;
  const { rowCount } = await db.query({
    name: 'idempotency_take',
    text: `INSERT INTO environment.idempotent_requests AS held (caller, key, request_digest, expires_at)
      VALUES ($1, $2, '', ${earliest('$3')} + ${kept})
      ON CONFLICT (caller, key) DO UPDATE SET request_digest = excluded.request_digest, outcome = NULL,
        expires_at = excluded.expires_at
      WHERE held.expires_at <= ${earliest('$3')}`,
    values: [caller, key, nowMs],
  });
  if (rowCount === 1) return undefined;
  const { rows } = await db.query<StoredRequest>(
    `SELECT request_digest AS digest, outcome FROM environment.idempotent_requests WHERE caller = $1 AND key = $2`,
    [caller, key],
  );
  return rows[0];
}

export async function saveOutcome(
  db: Queryable,
  caller: string,
  key: string,
  outcome: string,
): Promise<void> {
  await db.query({
    name: 'idempotency_keep',
    text: 'UPDATE environment.idempotent_requests SET outcome = $3 WHERE caller = $1 AND key = $2',
    values: [caller, key, outcome],
  });
}

/** Deletes at most two expired keys, so that each request with a key removes more than it adds. */
export async function deleteExpired(db: Queryable, nowMs: number): Promise<void> {
  await db.query({
    name: 'idempotency_forget',
    text: `DELETE FROM environment.idempotent_requests WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM environment.idempotent_requests WHERE expires_at <= ${earliest('$1')}
        ORDER BY expires_at LIMIT 2 FOR UPDATE SKIP LOCKED))`,
    values: [nowMs],
  });
}
