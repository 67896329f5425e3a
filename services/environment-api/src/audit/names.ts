/** Names the things that changes are about, whose they are, and the SCIM key behind a change: people know no identifiers. */
import { readPersonChangeId } from '@gatehouse/contracts/environment-api';
import { definedOnly, idSchema } from '@gatehouse/contracts/values';
import type { FieldChanges } from '@gatehouse/service-kit/changes';
import type { Queryable } from '@gatehouse/service-kit/postgres';

interface Thing {
  entity: string;
  id: string;
  contactCenterId?: string | undefined;
  changes: FieldChanges;
  /** As the trail has it. */
  actor?: string | undefined;
}

/** Each is absent where nothing has the name any more. */
export interface ChangedNames {
  name?: string;
  contactCenterName?: string;
  actorName?: string;
}

const scimKey = /^scim:(?<id>.+)$/;
const maxNumber = 0x7fff_ffff;

/** In the order of the things, by one statement. A deleted thing has the name that its own change tells. */
export async function namesOfChanged(db: Queryable, things: readonly Thing[]): Promise<ChangedNames[]> {
  const names = new Map<string, string>();
  for (const { entity, id, changes } of things) {
    const told = changes['name']?.to ?? changes['name']?.from;
    if (typeof told === 'string') names.set(`${entity} ${id}`, told);
  }
  const asked = askedFor(things);
  if (asked.some(({ length }) => length > 0)) {
    const { rows } = await db.query<{ key: string; name: string }>({
      name: 'audit_names',
      text: `SELECT 'environment ' || environment_id AS key, name FROM environment.environment_names
          WHERE environment_id = ANY ($1::uuid[])
        UNION ALL SELECT 'contact-center ' || id, name FROM environment.contact_centers WHERE id = ANY ($2::uuid[])
        UNION ALL SELECT 'api-key ' || id, name FROM environment.api_keys WHERE id = ANY ($3::uuid[])
        UNION ALL SELECT 'person-group ' || id, name FROM environment.people_groups WHERE id = ANY ($4::uuid[])
        UNION ALL SELECT 'person ' || environment_id || ' ' || dbid, user_name FROM environment.people
          WHERE dbid = ANY ($5::int[])`,
      values: asked,
    });
    for (const { key, name } of rows) names.set(key, name);
  }
  return things.map(({ entity, id, contactCenterId, actor }) =>
    definedOnly({
      name: names.get(`${entity} ${id}`),
      contactCenterName: names.get(`contact-center ${contactCenterId}`),
      actorName: names.get(`api-key ${keyOf(actor)}`),
    }),
  );
}

/** The ids of each kind, in the order of the statement. A person is found by the number, which nobody else ever gets. */
function askedFor(things: readonly Thing[]): (string | number)[][] {
  const of = (kind: string) => things.flatMap(({ entity, id }) => (entity === kind ? [id] : []));
  const numbers = of('person').flatMap((id) => readPersonChangeId(id)?.dbid ?? []);
  return [
    uuids(of('environment')),
    uuids([...of('contact-center'), ...things.map(({ contactCenterId }) => contactCenterId)]),
    uuids([...of('api-key'), ...things.map(({ actor }) => keyOf(actor))]),
    uuids(of('person-group')),
    [...new Set(numbers.filter((dbid) => dbid <= maxNumber))],
  ];
}

const keyOf = (actor: string | undefined) => actor && scimKey.exec(actor)?.groups?.['id'];

function uuids(ids: readonly (string | undefined)[]): string[] {
  const right = ids.filter((id) => id !== undefined && idSchema.safeParse(id).success);
  return [...new Set(right as string[])];
}
