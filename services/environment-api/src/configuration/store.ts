/** Stores which owner has set which field, and how far the installation is from the documents of each owner. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { isoTime } from '@gatehouse/service-kit/postgres';
import type { Caller } from '../access/caller.ts';

/** Counts of a plan. */
export interface Drift {
  create: number;
  change: number;
  delete: number;
  refused: number;
}

export interface Owner {
  owner: string;
  actorKind: Caller['kind'];
  actor: string;
  revision: string | null;
  /** ISO 8601, UTC. */
  appliedAt: string;
  checkedAt: string | null;
  drift: Drift;
}

export interface ManagedRow {
  kind: string;
  id: string;
  contactCenterId: string | null;
  /** The owner that may delete it. */
  madeBy: string | null;
  /** The owner of each field. */
  fields: Record<string, string>;
}

const columns = `owner, actor_kind AS "actorKind", actor, revision, ${isoTime('applied_at')} AS "appliedAt",
  ${isoTime('checked_at')} AS "checkedAt", drift`;

export async function listOwners(db: Queryable): Promise<Owner[]> {
  const { rows } = await db.query<Owner>(
    `SELECT ${columns} FROM environment.configuration_owners ORDER BY owner`,
  );
  return rows;
}

export async function readOwner(db: Queryable, owner: string): Promise<Owner | undefined> {
  const { rows } = await db.query<Owner>(
    `SELECT ${columns} FROM environment.configuration_owners WHERE owner = $1`,
    [owner],
  );
  return rows[0];
}

/** False: another apply of this owner is under way. */
export async function takeTurn(db: Queryable, owner: string): Promise<boolean> {
  const { rows } = await db.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtext('gatehouse.apply'), hashtext($1)) AS taken`,
    [owner],
  );
  return rows[0]?.taken === true;
}

export async function listManaged(db: Queryable): Promise<ManagedRow[]> {
  const { rows } = await db.query<ManagedRow>(
    `SELECT kind, id, contact_center_id AS "contactCenterId", made_by AS "madeBy", fields
      FROM environment.managed_resources`,
  );
  return rows;
}

/** `id`: undefined for all of the kind there. */
export async function findManaged(
  db: Queryable,
  { kind, contactCenterId, id }: { kind: string; contactCenterId: string | null; id: string | undefined },
): Promise<Pick<ManagedRow, 'id' | 'madeBy' | 'fields'>[]> {
  const { rows } = await db.query<Pick<ManagedRow, 'id' | 'madeBy' | 'fields'>>(
    `SELECT id, made_by AS "madeBy", fields FROM environment.managed_resources
      WHERE kind = $1 AND contact_center_id IS NOT DISTINCT FROM $2 AND ($3::text IS NULL OR id = $3) ORDER BY id`,
    [kind, contactCenterId, id ?? null],
  );
  return rows;
}

export async function revisionsOf(db: Queryable): Promise<Map<string, string | undefined>> {
  const { rows } = await db.query<{ owner: string; revision: string | null }>(
    'SELECT owner, revision FROM environment.configuration_owners',
  );
  return new Map(rows.map(({ owner, revision }) => [owner, revision ?? undefined]));
}

export async function writeOwner(
  db: Queryable,
  owner: string,
  { kind, name }: Pick<Caller, 'kind' | 'name'>,
  revision: string | undefined,
): Promise<void> {
  await db.query(
    `INSERT INTO environment.configuration_owners (owner, actor_kind, actor, revision, drift) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (owner) DO UPDATE SET actor_kind = excluded.actor_kind, actor = excluded.actor,
        revision = excluded.revision, applied_at = now(), checked_at = NULL, drift = excluded.drift`,
    [owner, kind, name, revision ?? null, JSON.stringify({ create: 0, change: 0, delete: 0, refused: 0 })],
  );
}

/** Of an owner that has applied something, by the caller that does. */
export async function writeDrift(
  db: Queryable,
  owner: string,
  { kind, name }: Pick<Caller, 'kind' | 'name'>,
  drift: Drift,
): Promise<void> {
  await db.query(
    `UPDATE environment.configuration_owners SET checked_at = now(), drift = $4
      WHERE owner = $1 AND actor_kind = $2 AND actor = $3`,
    [owner, kind, name, JSON.stringify(drift)],
  );
}

export async function writeManaged(db: Queryable, rows: readonly ManagedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    `INSERT INTO environment.managed_resources (kind, id, contact_center_id, made_by, fields)
      SELECT kind, id, "contactCenterId", "madeBy", fields FROM jsonb_to_recordset($1)
        AS given (kind text, id text, "contactCenterId" uuid, "madeBy" text, fields jsonb)
      ON CONFLICT (kind, id) DO UPDATE SET contact_center_id = excluded.contact_center_id,
        made_by = excluded.made_by, fields = excluded.fields`,
    [JSON.stringify(rows)],
  );
}

export async function deleteManaged(
  db: Queryable,
  rows: readonly Pick<ManagedRow, 'kind' | 'id'>[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    `DELETE FROM environment.managed_resources m USING jsonb_to_recordset($1) AS given (kind text, id text)
      WHERE m.kind = given.kind AND m.id = given.id`,
    [JSON.stringify(rows.map(({ kind, id }) => ({ kind, id })))],
  );
}

export interface Change {
  actor: string;
  action: string;
  entity: string;
  entityId: string;
}

/** The newest first. */
export async function changesSince(db: Queryable, seq: number, limit: number): Promise<Change[]> {
  const { rows } = await db.query<Change>(
    `SELECT actor, action, entity, entity_id AS "entityId" FROM environment.audit
      WHERE at >= (SELECT min(at) FROM environment.changes WHERE seq > $1) - interval '5 seconds'
      ORDER BY id DESC LIMIT $2`,
    [seq, limit],
  );
  return rows;
}
