/** The columns that hold sealed secrets, with the key of each. */
import { passwordPlace } from '@gatehouse/contracts/environment-api/environment';
import { clientSecretPlace } from '@gatehouse/contracts/environment-api/single-sign-on';
import type { SecretPlace } from '@gatehouse/service-kit/crypto/secret-box';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';

export interface SealedSecret {
  envelope: string;
  place: SecretPlace;
  /** What readers keep a copy of, by the name they know it under. */
  entity: 'environment' | 'oidc';
  id: string;
  contactCenterId?: string;
  /** Writes another seal of the same secret, and gives its owner a new version. */
  replace(db: Queryable, envelope: string): Promise<void>;
}

/** Some secrets that another key than this one sealed, locked; rows that a writer holds are left for the next time. */
export async function lockSecretsOfOtherKeys(
  db: Queryable,
  activeKeyId: string,
  limit: number,
): Promise<SealedSecret[]> {
  const environments = await db.query<{ id: string; envelope: string }>(
    `SELECT id, password AS envelope FROM environment.environments WHERE password_key_id <> $1
      ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [activeKeyId, limit],
  );
  if (environments.rows.length > 0) return environments.rows.map(passwordOf);
  const signOns = await db.query<{ id: string; location: string; envelope: string }>(
    `SELECT s.contact_center_id AS id, s.location::text, s.secret AS envelope
      FROM environment.single_sign_on s JOIN environment.contact_centers c ON c.id = s.contact_center_id
      WHERE s.secret_key_id <> $1 ORDER BY s.contact_center_id, s.location LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [activeKeyId, limit],
  );
  return signOns.rows.map(clientSecretOf);
}

export async function countSecretsOfOtherKeys(db: Queryable, activeKeyId: string): Promise<number> {
  const { rows } = await db.query<{ count: string }>(
    `SELECT (SELECT count(*) FROM environment.environments WHERE password_key_id <> $1)
      + (SELECT count(*) FROM environment.single_sign_on WHERE secret_key_id <> $1) AS count`,
    [activeKeyId],
  );
  return Number(rows[0]?.count);
}

function passwordOf({ id, envelope }: { id: string; envelope: string }): SealedSecret {
  return {
    envelope,
    place: passwordPlace(id),
    entity: 'environment',
    id,
    async replace(db, next) {
      await db.query(
        `UPDATE environment.environments SET password = $2, version = nextval('environment.versions') WHERE id = $1`,
        [id, next],
      );
    },
  };
}

function clientSecretOf(row: { id: string; location: string; envelope: string }): SealedSecret {
  const { id, location, envelope } = row;
  return {
    envelope,
    place: clientSecretPlace(id, location),
    entity: 'oidc',
    id: location,
    contactCenterId: id,
    async replace(db, next) {
      await db.query(
        `UPDATE environment.single_sign_on SET secret = $3
          WHERE contact_center_id = $1 AND protocol = 'oidc' AND location = $2`,
        [id, location, next],
      );
      await db.query(
        `UPDATE environment.contact_centers SET version = nextval('environment.versions') WHERE id = $1`,
        [id],
      );
    },
  };
}
