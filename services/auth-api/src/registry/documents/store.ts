/** Stores which owner of documents has set which field. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { ManagedDocument } from './kind.ts';

export async function listManaged(db: Queryable): Promise<ManagedDocument[]> {
  const { rows } = await db.query<ManagedDocument>(
    `SELECT kind, id, made_by AS "madeBy", fields,
        translate(encode(secret_mac, 'base64'), E'\\n', '') AS "secretMac", secret_hash AS "secretHash"
      FROM auth.managed_documents`,
  );
  return rows;
}

/** `id`: undefined for all of the kind. */
export async function findManaged(
  db: Queryable,
  kind: string,
  id: string | undefined,
): Promise<Pick<ManagedDocument, 'id' | 'madeBy' | 'fields'>[]> {
  const { rows } = await db.query<Pick<ManagedDocument, 'id' | 'madeBy' | 'fields'>>(
    `SELECT id, made_by AS "madeBy", fields FROM auth.managed_documents
      WHERE kind = $1 AND ($2::text IS NULL OR id = $2) ORDER BY id`,
    [kind, id ?? null],
  );
  return rows;
}

export async function writeManaged(db: Queryable, managed: ManagedDocument): Promise<void> {
  const { kind, id, madeBy, fields, secretMac, secretHash } = managed;
  await db.query(
    `INSERT INTO auth.managed_documents (kind, id, made_by, fields, secret_mac, secret_hash)
      VALUES ($1, $2, $3, $4, decode($5, 'base64'), $6)
      ON CONFLICT (kind, id) DO UPDATE SET made_by = excluded.made_by, fields = excluded.fields,
        secret_mac = excluded.secret_mac, secret_hash = excluded.secret_hash`,
    [kind, id, madeBy, JSON.stringify(fields), secretMac, secretHash],
  );
}

export async function deleteManaged(
  db: Queryable,
  { kind, id }: Pick<ManagedDocument, 'kind' | 'id'>,
): Promise<void> {
  await db.query('DELETE FROM auth.managed_documents WHERE kind = $1 AND id = $2', [kind, id]);
}

/** One apply at a time: a second one would plan what the first is writing. */
export const applyLock = 'documents';
