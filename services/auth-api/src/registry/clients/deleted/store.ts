/** Stores deleted clients without their secrets in the table `deleted_clients`. */
import type { DeletedClient } from '@gatehouse/contracts/auth-administration';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { Page } from '@gatehouse/service-kit/http';
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import { type Client, usesSecret } from '../client.ts';

/** The part of a client that its registration says: the rest is of its life, or secret. */
export type Registration = Omit<
  Client,
  | 'secrets'
  | 'registrationAccessTokenHash'
  | 'logo'
  | 'lastUsedAtMs'
  | 'lastGrants'
  | 'createdAtMs'
  | 'updatedAtMs'
  | 'version'
>;

export interface DeletedClientRow extends Omit<DeletedClient, 'client_id'> {
  ordinal: number;
  clientId: string;
  registration: Registration;
}

interface Row {
  kept: DeletedClientRow;
}

/** In the transaction that deletes it. */
export async function keepClient(db: Queryable, deletedBy: string, client: Client): Promise<void> {
  const {
    secrets: _secrets,
    registrationAccessTokenHash: _hash,
    logo: _logo,
    lastUsedAtMs: _lastUsedAtMs,
    lastGrants: _lastGrants,
    createdAtMs: _createdAtMs,
    updatedAtMs: _updatedAtMs,
    version: _version,
    ...registration
  } = client;
  await db.query(
    `INSERT INTO auth.deleted_clients (id, client_id, name, deleted_by, loses_secret, document)
      VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      ...[randomUuid(), client.clientId, client.name, deletedBy, usesSecret(client)],
      JSON.stringify(registration satisfies Registration),
    ],
  );
}

/** `$1`: for how many days a client is kept. */
const select = `SELECT json_build_object('id', d.id, 'ordinal', d.ordinal, 'clientId', d.client_id, 'name', d.name,
      'deletedAt', ${isoTime('d.deleted_at')}, 'deletedBy', d.deleted_by,
      'until', ${isoTime("(d.deleted_at + $1::integer * interval '1 day')")}, 'losesSecret', d.loses_secret,
      'registration', d.document) AS kept
  FROM auth.deleted_clients d WHERE d.deleted_at > clock_timestamp() - $1::integer * interval '1 day'`;

/** Newest first; one row more than the page holds. */
export async function listDeletedClients(
  db: Queryable,
  keptDays: number,
  search: string | undefined,
  page: Page,
): Promise<DeletedClientRow[]> {
  const { rows } = await db.query<Row>(
    `${select} AND ($2::bigint IS NULL OR d.ordinal < $2)
      AND ($3::text IS NULL OR strpos(lower(d.client_id || E'\\n' || d.name), lower($3)) > 0)
      ORDER BY d.ordinal DESC LIMIT $4 OFFSET $5`,
    [keptDays, page.after ?? null, search ?? null, page.limit + 1, page.offset],
  );
  return rows.map(({ kept }) => kept);
}

export async function findDeletedClient(
  db: Queryable,
  keptDays: number,
  id: string,
): Promise<DeletedClientRow | undefined> {
  const { rows } = await db.query<Row>(`${select} AND d.id = $2`, [keptDays, id]);
  return rows[0]?.kept;
}

/** Takes it out: of two who want it, one gets it, and the other finds nothing. */
export async function takeDeletedClient(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query('DELETE FROM auth.deleted_clients WHERE id = $1', [id]);
  return rowCount === 1;
}
