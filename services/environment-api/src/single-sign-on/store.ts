/** Stores SAML and OpenID Connect settings in the table `single_sign_on`. */
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface StoredSignOn {
  location: string;
  settings: object;
  /** Sealed. */
  secret: string | null;
}

export async function listSignOn(db: Queryable, contactCenterId: string, protocol: SignOnProtocol) {
  const { rows } = await db.query<StoredSignOn>({
    name: 'single_sign_on_list',
    text: `SELECT location::text, settings, secret FROM environment.single_sign_on
      WHERE contact_center_id = $1 AND protocol = $2 ORDER BY location`,
    values: [contactCenterId, protocol],
  });
  return rows;
}

export async function readSignOn(
  db: Queryable,
  contactCenterId: string,
  protocol: SignOnProtocol,
  location: string,
): Promise<StoredSignOn | undefined> {
  const { rows } = await db.query<StoredSignOn>({
    name: 'single_sign_on_read',
    text: `SELECT location::text, settings, secret FROM environment.single_sign_on
      WHERE contact_center_id = $1 AND protocol = $2 AND location = $3`,
    values: [contactCenterId, protocol, location],
  });
  return rows[0];
}

export async function writeSignOn(
  db: Queryable,
  contactCenterId: string,
  protocol: SignOnProtocol,
  { location, settings, secret }: StoredSignOn,
): Promise<void> {
  await db.query({
    name: 'single_sign_on_write',
    text: `INSERT INTO environment.single_sign_on (contact_center_id, protocol, location, settings, secret)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (contact_center_id, protocol, location)
      DO UPDATE SET settings = excluded.settings, secret = excluded.secret, updated_at = now()`,
    values: [contactCenterId, protocol, location, JSON.stringify(settings), secret],
  });
}

export async function deleteSignOn(
  db: Queryable,
  contactCenterId: string,
  protocol: SignOnProtocol,
  location: string,
): Promise<void> {
  await db.query(
    'DELETE FROM environment.single_sign_on WHERE contact_center_id = $1 AND protocol = $2 AND location = $3',
    [contactCenterId, protocol, location],
  );
}
