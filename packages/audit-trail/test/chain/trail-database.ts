/** A small service with an audit trail of its own, in a database of its own. */

import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { createPool, inTransaction, type Pool } from '@gatehouse/service-kit/postgres';
import { createTestDatabase } from '@gatehouse/testing/postgres';
import { pino } from 'pino';
import { createAuditChainer } from '../../src/chain/chainer.ts';
import { removeBatch } from '../../src/chain/retention.ts';
import type { AuditTrail, TrailEvent } from '../../src/chain/trail.ts';

export const silentLog = pino({ level: 'silent' });
export const key = (id: string, fill = 1) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
export const box = createSecretBox(new Secret(key('k1')));

/** Deletes one batch of events of days before this one (YYYY-MM-DD). */
export const deleteExpired = (
  trail: AuditTrail,
  { before, shippedTo }: { before: string; shippedTo: readonly string[] },
) =>
  inTransaction(trail.pool, (client) => removeBatch(client, trail, { before: new Date(before), shippedTo }));

interface EventRow {
  id: string;
  at: Date;
  action: string;
  person: string | null;
}

export interface TrailDatabase {
  pool: Pool;
  trail: AuditTrail;
  append(count: number): Promise<void>;
  /** Back to the beginning. */
  reset(): Promise<void>;
  /** Chains what waits, on this day. */
  chain(day?: string): Promise<number>;
  close(): Promise<void>;
}

const tables = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id uuid NOT NULL DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT now(), action text NOT NULL, person text);
  CREATE TABLE shop.audit_chain (
    position bigint PRIMARY KEY, event_seq bigint NOT NULL UNIQUE REFERENCES shop.events (seq) ON DELETE CASCADE,
    day date NOT NULL, hash bytea NOT NULL, personal_salt bytea, personal_digest bytea NOT NULL,
    erasure_seal text);
  CREATE TABLE shop.audit_unchained (seq bigint PRIMARY KEY);
  CREATE TABLE shop.audit_days (day date PRIMARY KEY, last_position bigint, hash bytea, seal text);
  CREATE TABLE shop.audit_shipping (target text PRIMARY KEY, position bigint NOT NULL);
  CREATE TABLE shop.audit_set_aside (
    target text, position bigint, reason text, at timestamptz DEFAULT now(), PRIMARY KEY (target, position));
  CREATE TABLE shop.deletion_bounds (name text PRIMARY KEY, bound_at timestamptz, measured_ms bigint NOT NULL DEFAULT 0,
    moves jsonb NOT NULL DEFAULT '[]', waiting_from timestamptz, waiting_to timestamptz, confirmed_to timestamptz);
  CREATE FUNCTION shop.enter() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO shop.audit_unchained SELECT seq FROM entered; RETURN NULL; END $$;
  CREATE TRIGGER enter AFTER INSERT ON shop.events REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION shop.enter();`;

export async function openTrail(
  onBroken: (problem: string) => void = () => undefined,
): Promise<TrailDatabase> {
  const database = await createTestDatabase();
  const pool = createPool(
    {
      ...{
        url: new Secret(database.url),
        host: '',
        port: 0,
        database: '',
        username: '',
        password: undefined,
      },
      ...{ ssl: 'off', poolSize: 6, poolCheckoutTimeoutMs: 5000, statementTimeoutMs: 20_000 },
    },
    { schema: 'shop', applicationName: 'test', log: silentLog },
  );
  await pool.query(tables);
  const trail: AuditTrail<EventRow> = {
    ...{ pool, schema: 'shop', table: 'shop.events', seqColumn: 'seq' },
    read: ({ id, at, action, person }): TrailEvent => ({
      id,
      atMs: at.getTime(),
      facts: { action },
      personal: person === null ? undefined : { person },
    }),
  };
  return {
    pool,
    trail: trail as AuditTrail,
    append: async (count) => {
      await pool.query(
        `INSERT INTO shop.events (action, person) SELECT 'action ' || n, 'person ' || n FROM generate_series(1, $1) n`,
        [count],
      );
    },
    async reset() {
      await pool.query(`TRUNCATE shop.events, shop.audit_chain, shop.audit_unchained, shop.audit_days,
        shop.audit_shipping, shop.audit_set_aside RESTART IDENTITY`);
    },
    chain: (day = '2027-01-15') =>
      createAuditChainer({
        trail: trail as AuditTrail,
        secretBox: box,
        now: () => Date.parse(`${day}T12:00:00Z`),
        batchSize: 7,
        onBroken,
      }).chainOnce(),
    async close() {
      await pool.end();
      await database.close();
    },
  };
}
