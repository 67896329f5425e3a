/** Counts what belongs to a contact centre, for the question before it is deleted. */
import type { ContactCenterEnds } from '@gatehouse/contracts/environment-administration';
import { directories, isOwnDirectory } from '@gatehouse/contracts/environment-api';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { corsSetting, readOrigins } from '../fields/cors-origins.ts';

/** Undefined: there is no such contact centre. */
export async function readContents(db: Queryable, id: string): Promise<ContactCenterEnds | undefined> {
  const of = (table: string, condition = 'true') =>
    `(SELECT count(*) FROM environment.${table} WHERE contact_center_id = c.id AND ${condition})`;
  const { rows } = await db.query<{ ends: Omit<ContactCenterEnds, 'origins'> & { origins: string[] } }>({
    name: 'contact_center_contents',
    text: `SELECT json_strip_nulls(json_build_object(
        'settings', ${of('settings', 'name <> $2')},
        'origins', (SELECT coalesce(json_agg(value), '[]'::json) FROM environment.settings
          WHERE contact_center_id = c.id AND name = $2),
        'apiKeys', ${of('api_keys', "purpose = 'api'")},
        'scimKeys', ${of('api_keys', "purpose = 'scim'")},
        'singleSignOn', (SELECT coalesce(json_agg(json_build_object('protocol', protocol, 'location', location,
          'enabled', coalesce((settings ->> 'enabled')::boolean, false)) ORDER BY protocol, location), '[]'::json)
          FROM environment.single_sign_on WHERE contact_center_id = c.id),
        'branding', ${of('branding')},
        'environment', json_build_object('id', e.id,
          'contactCenters', (SELECT count(*) FROM environment.contact_centers WHERE environment_id = e.id AND id <> c.id),
          'people', CASE WHEN e.directory = ANY ($3) THEN (SELECT count(*) FROM environment.people WHERE environment_id = e.id) END)
      )) AS ends
      FROM environment.contact_centers c JOIN environment.environments e ON e.id = c.environment_id WHERE c.id = $1`,
    values: [id, corsSetting, directories.filter(isOwnDirectory)],
  });
  const [found] = rows;
  if (found === undefined) return undefined;
  const { origins, ...ends } = found.ends;
  return { ...ends, origins: new Set(origins.flatMap(readOrigins)).size };
}
