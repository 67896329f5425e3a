/** Stores branding in the tables `branding` and `global_branding`, by location. */
import type { BrandImage, BrandingEntry } from '@gatehouse/contracts/environment-api';
import type { Queryable } from '@gatehouse/service-kit/postgres';

/** A contact centre; undefined: the installation. */
export type Owner = string | undefined;

export type BrandingSettings = Omit<BrandingEntry, 'location' | 'logo'>;

export interface StoredBranding {
  location: string;
  settings: BrandingSettings;
  logo: BrandImage | null;
}

const columns = `b.location::text AS location, b.settings,
  CASE WHEN i.digest IS NOT NULL THEN json_build_object('digest', i.digest, 'width', i.width, 'height', i.height) END AS logo`;

/** In order of their locations. */
export async function listBranding(db: Queryable, owner: Owner): Promise<StoredBranding[]> {
  const { rows } = await db.query<StoredBranding>(
    owner === undefined
      ? {
          name: 'global_branding_list',
          text: `SELECT ${columns} FROM environment.global_branding b
            LEFT JOIN environment.images i ON i.digest = b.logo ORDER BY b.location`,
        }
      : {
          name: 'branding_list',
          text: `SELECT ${columns} FROM environment.branding b
            LEFT JOIN environment.images i ON i.digest = b.logo WHERE b.contact_center_id = $1 ORDER BY b.location`,
          values: [owner],
        },
  );
  return rows;
}

export async function writeBranding(
  db: Queryable,
  owner: Owner,
  { location, settings, logo }: StoredBranding,
): Promise<void> {
  const values = [location, JSON.stringify(settings), logo?.digest ?? null];
  await db.query(
    owner === undefined
      ? {
          name: 'global_branding_write',
          text: `INSERT INTO environment.global_branding (location, settings, logo) VALUES ($1, $2, $3)
            ON CONFLICT (location)
            DO UPDATE SET settings = excluded.settings, logo = excluded.logo, updated_at = now()`,
          values,
        }
      : {
          name: 'branding_write',
          text: `INSERT INTO environment.branding (location, settings, logo, contact_center_id) VALUES ($1, $2, $3, $4)
            ON CONFLICT (contact_center_id, location)
            DO UPDATE SET settings = excluded.settings, logo = excluded.logo, updated_at = now()`,
          values: [...values, owner],
        },
  );
}

export async function deleteBranding(db: Queryable, owner: Owner, location: string): Promise<void> {
  if (owner === undefined) {
    await db.query('DELETE FROM environment.global_branding WHERE location = $1', [location]);
    return;
  }
  await db.query('DELETE FROM environment.branding WHERE contact_center_id = $1 AND location = $2', [
    owner,
    location,
  ]);
}
