/** Stores pictures in the table `images` by their content, and which client of Auth API has which in `client_logos`. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Image } from './decode.ts';

/** Also keeps a picture that is there from being deleted by a transaction beside this one. */
export async function insertImage(
  db: Queryable,
  { digest, source, type, width, height, content }: Image,
): Promise<void> {
  await db.query({
    name: 'image_insert',
    text: `INSERT INTO environment.images (digest, source, type, width, height, content)
      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (digest) DO UPDATE SET source = excluded.source`,
    values: [digest, source, type, width, height, content],
  });
}

export async function readImage(db: Queryable, digest: string): Promise<Image | undefined> {
  const { rows } = await db.query<Image>({
    name: 'image_read',
    text: 'SELECT digest, source, type, width, height, content FROM environment.images WHERE digest = $1',
    values: [digest],
  });
  return rows[0];
}

/** The picture that was made from a file with this digest, or is that file. */
export async function findImage(db: Queryable, fileDigest: string): Promise<Image | undefined> {
  const { rows } = await db.query<Image>({
    name: 'image_find',
    text: `SELECT digest, source, type, width, height, content FROM environment.images
      WHERE digest = $1 OR source = $1 LIMIT 1`,
    values: [fileDigest],
  });
  return rows[0];
}

export async function addClientLogo(db: Queryable, clientId: string, digest: string): Promise<void> {
  await db.query({
    name: 'client_logo_add',
    text: 'INSERT INTO environment.client_logos (client_id, logo) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values: [clientId, digest],
  });
}

/** Undefined: none of them stays. */
export async function keepClientLogo(
  db: Queryable,
  clientId: string,
  digest: string | undefined,
): Promise<void> {
  await db.query('DELETE FROM environment.client_logos WHERE client_id = $1 AND logo IS DISTINCT FROM $2', [
    clientId,
    digest ?? null,
  ]);
}

/** Deletes what no place uses any more, such as the pictures of deleted contact centres; at most some at a time. */
export async function deleteUnusedImages(db: Queryable): Promise<void> {
  await db.query(`DELETE FROM environment.images WHERE digest IN (
    SELECT i.digest FROM environment.images i
      WHERE NOT EXISTS (SELECT FROM environment.branding b WHERE b.logo = i.digest)
        AND NOT EXISTS (SELECT FROM environment.deleted_parts d WHERE d.place = 'branding' AND d.part ->> 'logo' = i.digest)
        AND NOT EXISTS (SELECT FROM environment.global_branding g WHERE g.logo = i.digest)
        AND NOT EXISTS (SELECT FROM environment.client_logos c WHERE c.logo = i.digest)
      LIMIT 100)`);
}
