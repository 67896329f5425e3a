/** Stores the receivers of shared signals in PostgreSQL. */
import type { SignalReceiverView } from '@gatehouse/contracts/auth-administration';
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface Receiver {
  id: string;
  endpoint: string;
  audience: string;
  events: SignalReceiverView['events'];
  /** Empty: all. */
  contactCenterIds: string[];
  /** Sealed. */
  bearerToken: string | null;
  createdAt: Date;
  updatedAt: Date;
}

const columns = `id, endpoint, audience, events, contact_center_ids AS "contactCenterIds",
  bearer_token AS "bearerToken", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Where the sealed token lives. */
export const bearerTokenPlace = (id: string) => ({
  table: 'auth.signal_receivers',
  row: id,
  column: 'bearer_token',
});

export async function listReceivers(db: Queryable): Promise<Receiver[]> {
  const { rows } = await db.query<Receiver>(
    `SELECT ${columns} FROM auth.signal_receivers ORDER BY created_at, id`,
  );
  return rows;
}

/** Those that are told of a contact centre by its id. Locks the rows until the transaction ends. */
export async function lockReceiversOf(db: Queryable, contactCenterId: string): Promise<Receiver[]> {
  const { rows } = await db.query<Receiver>(
    `SELECT ${columns} FROM auth.signal_receivers WHERE contact_center_ids @> ARRAY[$1] ORDER BY id FOR UPDATE`,
    [contactCenterId],
  );
  return rows;
}

/** Locks the row until the transaction ends. */
export async function lockReceiver(db: Queryable, id: string): Promise<Receiver | undefined> {
  const { rows } = await db.query<Receiver>(
    `SELECT ${columns} FROM auth.signal_receivers WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0];
}

export async function saveReceiver(db: Queryable, receiver: Receiver): Promise<void> {
  const { id, endpoint, audience, events, contactCenterIds, bearerToken, createdAt, updatedAt } = receiver;
  await db.query(
    `INSERT INTO auth.signal_receivers
        (id, endpoint, audience, events, contact_center_ids, bearer_token, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      ON CONFLICT (id) DO UPDATE SET endpoint = $2, audience = $3, events = $4, contact_center_ids = $5,
        bearer_token = $6, updated_at = $8`,
    [id, endpoint, audience, events, contactCenterIds, bearerToken, createdAt, updatedAt],
  );
}

/** Its signals go with it. */
export async function deleteReceiver(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM auth.signal_receivers WHERE id = $1', [id]);
}
