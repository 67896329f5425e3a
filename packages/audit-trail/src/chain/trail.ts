/** Defines what a service gives to have its events chained and shipped, and reads events in the order of the chain. */
import type { Pool, Queryable } from '@gatehouse/service-kit/postgres';

/** Values that survive JSON unchanged. */
export type Facts = Readonly<Record<string, unknown>>;

export interface TrailEvent {
  /** Unique over all services: it is the id of the document in Elasticsearch. */
  id: string;
  atMs: number;
  /** Facts that stay when personal data is erased. */
  facts: Facts;
  /** Facts about a person; undefined where they were erased. */
  personal: Facts | undefined;
}

/**
 * The trail of a service. Its schema has the tables audit_chain, audit_unchained, audit_days, audit_shipping and
 * audit_set_aside; a trigger inserts each new event into audit_unchained.
 */
export interface AuditTrail<Row = unknown> {
  pool: Pool;
  schema: string;
  /** Table of the events with its schema, and the column with their unique numbers. */
  table: string;
  seqColumn: string;
  read(row: Row): TrailEvent;
}

/** An event with its position in the chain. */
export interface ChainedEvent extends TrailEvent {
  position: number;
  /** UTC day on which it was chained, as YYYY-MM-DD. */
  day: string;
  hash: Buffer;
  /** Undefined once the personal part was erased; then `erasureSeal` is set. */
  personalSalt: Buffer | undefined;
  erasureSeal: string | undefined;
  personalDigest: Buffer;
}

interface ChainColumns {
  chain_position: string;
  chain_day: string;
  chain_hash: Buffer;
  chain_salt: Buffer | null;
  chain_digest: Buffer;
  chain_erasure: string | null;
}

/** Reads events after a position, in the order of the chain. */
export async function readChain(
  trail: AuditTrail,
  db: Queryable,
  { after, until, limit }: { after: number; until?: number; limit: number },
): Promise<ChainedEvent[]> {
  const { schema, table, seqColumn } = trail;
  const { rows } = await db.query<ChainColumns>(
    `SELECT event.*, chain.position AS chain_position, to_char(chain.day, 'YYYY-MM-DD') AS chain_day,
       chain.hash AS chain_hash, chain.personal_salt AS chain_salt, chain.personal_digest AS chain_digest,
       chain.erasure_seal AS chain_erasure
     FROM ${schema}.audit_chain chain JOIN ${table} event ON event.${seqColumn} = chain.event_seq
     WHERE chain.position > $1 AND ($2::bigint IS NULL OR chain.position <= $2)
     ORDER BY chain.position LIMIT $3`,
    [after, until ?? null, limit],
  );
  return rows.map((row) => ({
    ...trail.read(row),
    position: Number(row.chain_position),
    day: row.chain_day,
    hash: row.chain_hash,
    personalSalt: row.chain_salt ?? undefined,
    personalDigest: row.chain_digest,
    erasureSeal: row.chain_erasure ?? undefined,
  }));
}
