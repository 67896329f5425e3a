/** Appends the events of a trail to its hash chain and seals the end of each day. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomBytes, type SecretBox } from '@gatehouse/service-kit/crypto';
import { inTransactionOf, type PoolClient, withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import { sealPlace } from './days.ts';
import { chainHash, hashBytes, personalDigest } from './hash.ts';
import { type ChainEnd, readSealedEnd } from './sealed-end.ts';
import type { AuditTrail } from './trail.ts';

interface AuditChainerOptions {
  trail: AuditTrail;
  secretBox: SecretBox;
  now: Clock;
  batchSize?: number;
  /** Called when the chain does not end as it was sealed, so the database was changed by somebody else. */
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

/** Names the lock that a process holds while it changes the chain. */
export function chainLock(schema: string): string {
  return `audit-chain:${schema}`;
}

export function createAuditChainer(options: AuditChainerOptions) {
  const { trail, secretBox, now, batchSize = 500 } = options;
  const { pool, schema, table, seqColumn } = trail;

  /** The last end that this process wrote: an attacker can reset the seals with the rest of the database, but not this. */
  let ended: ChainEnd | undefined;

  /**
   * Not by a join: where many events wait beside a short history, PostgreSQL would read the whole trail for each batch, from the oldest
   * event on. No number waits without its event, because it has a foreign key.
   */
  async function chainBatch(client: PoolClient): Promise<Link[]> {
    const { rows: waiting } = await client.query<Record<string, unknown>>(
      `SELECT * FROM ${table}
       WHERE ${seqColumn} = ANY (ARRAY(SELECT seq FROM ${schema}.audit_unchained ORDER BY seq LIMIT $1)) ORDER BY ${seqColumn}`,
      [batchSize],
    );
    if (waiting.length === 0) return [];
    const today = new Date(now()).toISOString().slice(0, 10);
    const end = await readSealedEnd(client, { schema, secretBox, today, remembered: ended });
    if (end.problem !== undefined) options.onBroken?.(end.problem);
    let { position, hash } = end;
    // One call for all: a call for each event would cost more than its hashes.
    const salts = randomBytes(waiting.length * saltBytes);
    const links = waiting.map((row, index): Link => {
      const event = trail.read(row);
      const salt = salts.subarray(index * saltBytes, (index + 1) * saltBytes);
      const digest = personalDigest(salt, event.personal ?? {});
      hash = chainHash(hash, event, digest);
      position += 1;
      return { position, seq: String(row[seqColumn]), hash, salt, digest };
    });
    // The clocks of replicas differ, but the days of the chain must not go back.
    await store(client, links, end.day !== undefined && end.day > today ? end.day : today);
    return links;
  }

  async function store(client: PoolClient, links: readonly Link[], day: string): Promise<void> {
    const last = links.at(-1) as Link;
    const seqs = links.map(({ seq }) => seq);
    // One binary value holds the bytes of all links: an array would be sent as text, which is twice as long.
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
      [day, last.position, last.hash, secretBox.seal(last.hash, sealPlace(schema, day))],
    );
  }

  return {
    /** Chains what waits. Resolves the number of events, 0 while another process holds the lock. */
    async chainOnce(signal?: AbortSignal) {
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
    /** Number of the first or the last event that is not chained yet; undefined when there is none. */
    async waitingSeq(which: 'min' | 'max'): Promise<number | undefined> {
      const { rows } = await pool.query<{ seq: string | null }>(
        `SELECT ${which}(seq) AS seq FROM ${schema}.audit_unchained`,
      );
      return rows[0]?.seq == null ? undefined : Number(rows[0].seq);
    },
    /** Time of the oldest event that is not chained yet, also while another process chains; undefined when there is none. */
    async oldestWaitingMs() {
      const { rows } = await pool.query(
        `SELECT * FROM ${table} WHERE ${seqColumn} = (SELECT min(seq) FROM ${schema}.audit_unchained)`,
      );
      return rows[0] === undefined ? undefined : trail.read(rows[0]).atMs;
    },
  };
}

/** Cuts the bytes of one link out of those of all. */
function nthOf(parameter: string, bytes: number): string {
  return `substr(${parameter}::bytea, ((place - 1) * ${bytes} + 1)::int, ${bytes})`;
}
