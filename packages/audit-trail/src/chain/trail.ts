/** What the audit trails of the services have in common: numbered events in a table, each with a public and a personal part. */
import type { Pool, Queryable } from '@gatehouse/service-kit/postgres/pool';

/** Values that survive JSON unchanged. */
export type Facts = Readonly<Record<string, unknown>>;

export interface TrailEvent {
  /** Unique over all services: names the document in Elasticsearch. */
  id: string;
  atMs: number;
  /** What stays when somebody's data is erased. */
  facts: Facts;
  /** What tells who it was; undefined where it was erased. */
  personal: Facts | undefined;
}

/**
 * A service's trail. Its schema holds the tables audit_chain, audit_unchained, audit_days, audit_shipping and
 * audit_set_aside; a trigger on the events enters each new one into audit_unchained.
 */
export interface AuditTrail<Row = unknown> {
  pool: Pool;
  schema: string;
  /** Table of the events with its schema, and its column of unique numbers. */
  table: string;
  seqColumn: string;
  read(row: Row): TrailEvent;
}

/** An event in its place of the chain. */
export interface ChainedEvent extends TrailEvent {
  position: number;
  /** UTC day on which it was chained, as YYYY-MM-DD. */
  day: string;
  hash: Buffer;
  /** Absent once the personal part was erased; then there is the seal of who erased it. */
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

/** Events after a place of the chain, in its order. */
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
