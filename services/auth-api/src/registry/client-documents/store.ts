/** Stores which owner of documents has set which field of a client. */
import type { Managed } from '@gatehouse/contracts/documents';
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface ManagedClient extends Managed {
  clientId: string;
  /** In base64. */
  secretMac: string | null;
  /** The stored secret that belongs to it: another one has come since where they differ. */
  secretHash: string | null;
}

export async function listManaged(db: Queryable): Promise<ManagedClient[]> {
  const { rows } = await db.query<ManagedClient>(
    `SELECT client_id AS "clientId", made_by AS "madeBy", fields,
        translate(encode(secret_mac, 'base64'), E'\\n', '') AS "secretMac", secret_hash AS "secretHash"
      FROM auth.managed_clients`,
  );
  return rows;
}

export async function writeManaged(db: Queryable, managed: ManagedClient): Promise<void> {
  const { clientId, madeBy, fields, secretMac, secretHash } = managed;
  await db.query(
    `INSERT INTO auth.managed_clients (client_id, made_by, fields, secret_mac, secret_hash)
      VALUES ($1, $2, $3, decode($4, 'base64'), $5)
      ON CONFLICT (client_id) DO UPDATE SET made_by = excluded.made_by, fields = excluded.fields,
        secret_mac = excluded.secret_mac, secret_hash = excluded.secret_hash`,
    [clientId, madeBy, JSON.stringify(fields), secretMac, secretHash],
  );
}

export async function deleteManaged(db: Queryable, clientId: string): Promise<void> {
  await db.query('DELETE FROM auth.managed_clients WHERE client_id = $1', [clientId]);
}

/** One apply at a time: a second one would plan what the first is writing. */
export const applyLock = 'client-documents';
