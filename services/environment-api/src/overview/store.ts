/** Reads numbers, and what ends soon: API keys, and certificates of environments. */
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';

export async function countInstallation(db: Queryable, at: string) {
  const { rows } = await db.query<{ environments: number; active: number; inactive: number; keys: number }>({
    name: 'overview_counts',
    text: `SELECT (SELECT count(*)::int FROM environment.environments) AS environments,
        count(*) FILTER (WHERE status = 'active')::int AS active,
        count(*) FILTER (WHERE status <> 'active')::int AS inactive,
        (SELECT count(*)::int FROM environment.api_keys
          WHERE valid_from <= $1 AND (expires_at IS NULL OR expires_at > $1)) AS keys
      FROM environment.contact_centers`,
    values: [at],
  });
  const { environments = 0, active = 0, inactive = 0, keys = 0 } = rows[0] ?? {};
  return { environments, contactCenters: active, inactiveContactCenters: inactive, apiKeys: keys };
}

/** Undefined: there is no such contact centre. */
export async function countOfContactCenter(db: Queryable, id: string, at: string) {
  const { rows } = await db.query<{ is_active: boolean; keys: number }>({
    name: 'overview_counts_of_contact_center',
    text: `SELECT c.status = 'active' AS is_active,
        (SELECT count(*)::int FROM environment.api_keys k WHERE k.contact_center_id = c.id
          AND k.valid_from <= $2 AND (k.expires_at IS NULL OR k.expires_at > $2)) AS keys
      FROM environment.contact_centers c WHERE c.id = $1`,
    values: [id, at],
  });
  const [found] = rows;
  if (found === undefined) return undefined;
  return {
    contactCenters: found.is_active ? 1 : 0,
    inactiveContactCenters: found.is_active ? 0 : 1,
    apiKeys: found.keys,
  };
}

export interface SharedPeople {
  environmentId: string;
  environment: string;
  one: { id: string; name: string; isAll: boolean };
  other: { id: string; name: string; isAll: boolean };
}

/**
 * Pairs of active contact centres of one environment of which one has everybody, so that its people are the other's too. Each that has
 * everybody looks for others of its environment: those that have chosen their people are many, and do not look for each other.
 */
export async function listSharedPeople(db: Queryable, limit: number): Promise<SharedPeople[]> {
  const hasAll = (alias: string) => `${alias}.membership ->> 'by' = 'all'`;
  const center = (alias: string) =>
    `json_build_object('id', ${alias}.id, 'name', ${alias}.name, 'isAll', ${hasAll(alias)})`;
  const { rows } = await db.query<SharedPeople>({
    name: 'overview_shared_people',
    text: `SELECT one.environment_id AS "environmentId", coalesce(n.name, one.environment_id::text) AS environment,
        ${center('one')} AS one, ${center('other')} AS other
      FROM environment.contact_centers one
      LEFT JOIN environment.environment_names n ON n.environment_id = one.environment_id
      CROSS JOIN LATERAL (
        SELECT c.id, c.name, c.membership, c.ordinal FROM environment.contact_centers c
        WHERE c.environment_id = one.environment_id AND c.id <> one.id AND c.status = 'active'
          AND (c.ordinal > one.ordinal OR NOT ${hasAll('c')})
        ORDER BY c.ordinal LIMIT $1
      ) other
      WHERE one.status = 'active' AND ${hasAll('one')}
      ORDER BY one.ordinal, other.ordinal LIMIT $1`,
    values: [limit],
  });
  return rows;
}

export interface EndingKey {
  name: string;
  contactCenterId: string;
  endsAt: string;
}

/** Keys that end without a successor of the same name, the earliest first. `contactCenterId`: only of this one. */
export async function listEndingKeys(
  db: Queryable,
  { from, until, contactCenterId }: { from: string; until: string; contactCenterId: string | undefined },
  limit: number,
): Promise<EndingKey[]> {
  const { rows } = await db.query<EndingKey>({
    name: 'overview_ending_keys',
    text: `SELECT k.name, k.contact_center_id AS "contactCenterId", ${isoTime('k.expires_at')} AS "endsAt"
      FROM environment.api_keys k
      WHERE k.expires_at > $1 AND k.expires_at < $2 AND ($3::uuid IS NULL OR k.contact_center_id = $3)
        AND NOT EXISTS (SELECT 1 FROM environment.api_keys s WHERE s.contact_center_id = k.contact_center_id
          AND lower(s.name) = lower(k.name) AND s.valid_from >= k.expires_at)
      ORDER BY k.expires_at LIMIT $4`,
    values: [from, until, contactCenterId ?? null, limit],
  });
  return rows;
}

/** The environments with certificates of their own, and the version that tells whether these may have changed. */
export async function listEnvironmentsWithCertificates(db: Queryable) {
  const { rows } = await db.query<{ id: string; name: string; version: string }>({
    name: 'overview_environments_with_certificates',
    text: `SELECT e.id, coalesce(n.name, e.id::text) AS name, e.version FROM environment.environments e
      LEFT JOIN environment.environment_names n ON n.environment_id = e.id
      WHERE e.tls_ca IS NOT NULL OR e.tls_cert IS NOT NULL`,
  });
  return rows;
}

export async function readCertificates(db: Queryable, ids: readonly string[]) {
  const { rows } = await db.query<{ id: string; version: string; ca: string | null; cert: string | null }>({
    name: 'overview_certificates',
    text: `SELECT id, version, tls_ca AS ca, tls_cert AS cert FROM environment.environments WHERE id = ANY ($1::uuid[])`,
    values: [ids],
  });
  return rows;
}
