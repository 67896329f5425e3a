/** Gives every event of a trail its place in the hash chain, and every day its seal. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { withAdvisoryLock } from '@gatehouse/service-kit/postgres/advisory-lock';
import { inTransactionOf, type PoolClient } from '@gatehouse/service-kit/postgres/pool';
import { randomBytes } from '@gatehouse/service-kit/random';
import { placeOfSeal } from './days.ts';
import { chainHash, hashBytes, personalDigest } from './hash.ts';
import { type ChainEnd, readSealedEnd } from './sealed-end.ts';
import type { AuditTrail } from './trail.ts';

export interface AuditChainer {
  /** Chains what waits; the number of events, 0 when another process is at it. */
  chainOnce(signal?: AbortSignal): Promise<number>;
  /** When the first event happened that still waits, whoever is at it; undefined when none does. */
  oldestWaitingMs(): Promise<number | undefined>;
}

export interface AuditChainerOptions {
  trail: AuditTrail;
  secretBox: SecretBox;
  now: Clock;
  batchSize?: number;
  /** Told when the chain does not end as it was sealed: somebody changed the database. */
  onBroken?(problem: string): void;
}

interface Link {
  position: number;
  seq: string;
  hash: Buffer;
  salt: Buffer;
  digest: Buffer;
}

const saltBytes = 16;

/** Who holds it changes the chain. */
export function chainLock(schema: string): string {
  return `audit-chain:${schema}`;
}

export function createAuditChainer(options: AuditChainerOptions): AuditChainer {
  const { trail, secretBox, now, batchSize = 500 } = options;
  const { pool, schema, table, seqColumn } = trail;

  /** Seals can be set back with everything else in the database; what this process has seen cannot. */
  let ended: ChainEnd | undefined;

  async function chainBatch(client: PoolClient): Promise<Link[]> {
    const { rows: waiting } = await client.query<{ waiting_seq: string }>(
      `SELECT event.*, waiting.seq AS waiting_seq
       FROM ${schema}.audit_unchained waiting JOIN ${table} event ON event.${seqColumn} = waiting.seq
       ORDER BY waiting.seq LIMIT $1`,
      [batchSize],
    );
    if (waiting.length === 0) return [];
    const today = new Date(now()).toISOString().slice(0, 10);
    const end = await readSealedEnd(client, { schema, secretBox, today, remembered: ended });
    if (end.problem !== undefined) options.onBroken?.(end.problem);
    let { position, hash } = end;
    // Asked for once: a question for each event would cost more than its hashes.
    const salts = randomBytes(waiting.length * saltBytes);
    const links = waiting.map((row, index): Link => {
      const event = trail.read(row);
      const salt = salts.subarray(index * saltBytes, (index + 1) * saltBytes);
      const digest = personalDigest(salt, event.personal ?? {});
      hash = chainHash(hash, event, digest);
      position += 1;
      return { position, seq: row.waiting_seq, hash, salt, digest };
    });
    // Clocks of replicas differ, days of the chain only go up.
    await store(client, links, end.day !== undefined && end.day > today ? end.day : today);
    return links;
  }

  async function store(client: PoolClient, links: readonly Link[], day: string): Promise<void> {
    const last = links.at(-1) as Link;
    const seqs = links.map(({ seq }) => seq);
    // Bytes of all in one value each: it travels as it is, while a list of them is text and twice as long.
    const [hashes, salts, digests] = (['hash', 'salt', 'digest'] as const).map((part) =>
      Buffer.concat(links.map((link) => link[part])),
    );
    await client.query(
      `INSERT INTO ${schema}.audit_chain (position, event_seq, day, hash, personal_salt, personal_digest)
       SELECT $1::bigint + place, seq, $2, ${nthOf('$4', hashBytes)}, ${nthOf('$5', saltBytes)}, ${nthOf('$6', hashBytes)}
       FROM unnest($3::bigint[]) WITH ORDINALITY AS link (seq, place)`,
      [last.position - links.length, day, seqs, hashes, salts, digests],
    );
    await client.query(`DELETE FROM ${schema}.audit_unchained WHERE seq = ANY ($1::bigint[])`, [seqs]);
    await client.query(
      `INSERT INTO ${schema}.audit_days (day, last_position, hash, seal) VALUES ($1, $2, $3, $4)
       ON CONFLICT (day) DO UPDATE SET last_position = excluded.last_position, hash = excluded.hash, seal = excluded.seal`,
      [day, last.position, last.hash, secretBox.seal(last.hash, placeOfSeal(schema, day))],
    );
  }

  return {
    async chainOnce(signal) {
      const chained = await withAdvisoryLock(pool, chainLock(schema), async (client) => {
        let total = 0;
        for (let count = batchSize; count === batchSize && !signal?.aborted; total += count) {
          const links = await inTransactionOf(client, () => chainBatch(client));
          ended = links.at(-1) ?? ended;
          count = links.length;
        }
        return total;
      });
      return chained ?? 0;
    },
    async oldestWaitingMs() {
      const { rows } = await pool.query(
        `SELECT event.* FROM ${schema}.audit_unchained waiting JOIN ${table} event ON event.${seqColumn} = waiting.seq
         ORDER BY waiting.seq LIMIT 1`,
      );
      return rows[0] === undefined ? undefined : trail.read(rows[0]).atMs;
    },
  };
}

/** The bytes of a link among those of all. */
function nthOf(parameter: string, bytes: number): string {
  return `substr(${parameter}::bytea, ((place - 1) * ${bytes} + 1)::int, ${bytes})`;
}
