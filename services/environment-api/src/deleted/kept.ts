/** Stores what is kept of deleted objects in the tables `deleted` and `deleted_parts`. */
import type { DeletedKind, LostSecret } from '@gatehouse/contracts/environment-administration';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { Page } from '@gatehouse/service-kit/http';
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import type { Caller } from '../access/caller.ts';
import { keepParts } from './parts.ts';

export interface Deleted {
  kind: DeletedKind;
  objectId: string;
  environmentId: string;
  contactCenterId?: string | undefined;
  /** As lists show it. */
  name: string;
  lostSecrets: readonly LostSecret[];
  /** The fields by which it is created again, without secrets. */
  document: object;
}

export interface Kept extends Deleted {
  id: string;
  ordinal: number;
  /** ISO 8601, UTC. */
  deletedAt: string;
  deletedBy: string;
  until: string;
}

/** The deletions that a caller sees: all of the installation, or the people of this contact centre. */
export type Reach = 'installation' | { peopleOf: string };

interface Row {
  kept: Kept;
}

/** In the transaction that deletes it, before its rows go. */
export async function keep(db: Queryable, { name: deletedBy }: Caller, deleted: Deleted): Promise<void> {
  const { kind, objectId, environmentId, contactCenterId, name, lostSecrets, document } = deleted;
  const id = randomUuid();
  await db.query({
    name: 'deleted_insert',
    text: `INSERT INTO environment.deleted
        (id, kind, object_id, environment_id, contact_center_id, name, deleted_by, lost_secrets, document)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      ...[id, kind, objectId, environmentId, contactCenterId ?? null, name, deletedBy],
      ...[lostSecrets, JSON.stringify(document)],
    ],
  });
  await keepParts(db, { id, kind, objectId });
}

/** Whether a contact centre with the id was deleted, and can still be restored. */
export async function isKeptCenter(db: Queryable, id: string): Promise<boolean> {
  const { rows } = await db.query(
    `SELECT FROM environment.deleted WHERE contact_center_id = $1 AND kind = 'contact-center' LIMIT 1`,
    [id],
  );
  return rows.length > 0;
}

/** `$1`: for how many days something is kept; `$2`: the reach, null for all. Every statement that reads begins with it. */
const select = `SELECT json_strip_nulls(json_build_object('id', d.id, 'ordinal', d.ordinal, 'kind', d.kind,
      'objectId', d.object_id, 'environmentId', d.environment_id, 'contactCenterId', d.contact_center_id, 'name', d.name,
      'deletedAt', ${isoTime('d.deleted_at')}, 'deletedBy', d.deleted_by,
      'until', ${isoTime("(d.deleted_at + $1::integer * interval '1 day')")}, 'lostSecrets', d.lost_secrets, 'document', d.document
    )) AS kept
  FROM environment.deleted d WHERE d.deleted_at > clock_timestamp() - $1::integer * interval '1 day'
    AND ($2::uuid IS NULL OR d.kind = 'person' AND d.contact_center_id = $2)`;

export interface DeletedFilter {
  kind: string | undefined;
  contactCenterId: string | undefined;
  objectId: string | undefined;
  /** A part of the name, in any case. */
  search: string | undefined;
}

const centerOf = (reach: Reach) => (reach === 'installation' ? null : reach.peopleOf);

export function createDeletedStore({ keptDays }: { keptDays: number }) {
  return {
    /** Newest first; one row more than the page holds. */
    async list(db: Queryable, reach: Reach, filter: DeletedFilter, page: Page): Promise<Kept[]> {
      const { kind, contactCenterId, objectId, search } = filter;
      const { rows } = await db.query<Row>(
        `${select} AND ($3::bigint IS NULL OR d.ordinal < $3) AND ($4::text IS NULL OR d.kind = $4)
          AND ($5::uuid IS NULL OR d.contact_center_id = $5) AND ($6::uuid IS NULL OR d.object_id = $6)
          AND ($7::text IS NULL OR strpos(lower(d.name), lower($7)) > 0)
          ORDER BY d.ordinal DESC LIMIT $8 OFFSET $9`,
        [
          ...[keptDays, centerOf(reach), page.after ?? null, kind ?? null, contactCenterId ?? null],
          ...[objectId ?? null, search ?? null, page.limit + 1, page.offset],
        ],
      );
      return rows.map(({ kept }) => kept);
    },
    async read(db: Queryable, reach: Reach, id: string): Promise<Kept | undefined> {
      const { rows } = await db.query<Row>(`${select} AND d.id = $3`, [keptDays, centerOf(reach), id]);
      return rows[0]?.kept;
    },
    /** Takes it out for the transaction: of two who want it, one gets it. */
    async lock(db: Queryable, reach: Reach, id: string): Promise<Kept | undefined> {
      const { rows } = await db.query<Row>(`${select} AND d.id = $3 FOR UPDATE OF d`, [
        keptDays,
        centerOf(reach),
        id,
      ]);
      return rows[0]?.kept;
    },
    /** Also those who went with an environment. Returns how many people it were. */
    async removePeople(db: Queryable, userNameKey: string): Promise<number> {
      const { rowCount } = await db.query(
        `WITH found AS (
            DELETE FROM environment.deleted_parts WHERE place = 'people' AND part ->> 'user_name_key' = $1
              RETURNING deleted_id, part ->> 'id' AS person_id
          ), unlinked AS (
            DELETE FROM environment.deleted_parts
              WHERE place = 'people_links' AND part ->> 'person_id' IN (SELECT person_id FROM found)
          ), gone AS (
            DELETE FROM environment.deleted WHERE kind = 'person' AND id = ANY (ARRAY(SELECT deleted_id FROM found))
          )
          SELECT FROM found`,
        [userNameKey],
      );
      return rowCount ?? 0;
    },
    async remove(db: Queryable, id: string): Promise<void> {
      await db.query('DELETE FROM environment.deleted WHERE id = $1', [id]);
    },
  };
}
