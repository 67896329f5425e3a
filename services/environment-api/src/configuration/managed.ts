/** Tells which owners of documents keep a thing, in the words of its API. */
import { isForwarded } from '@gatehouse/contracts/auth-api';
import {
  type DocumentKindName,
  type Managed,
  type ManagedQuery,
  type ManagedThing,
  referenceNames,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import { forbidden } from '@gatehouse/service-kit/errors';
import { type Caller, readsAll } from '../access/caller.ts';
import { idOf } from './ids.ts';

/** What belongs to no contact centre is for those who read everything. @throws AppError 403 */
export function requireManagedReach(caller: Caller, { kind, contactCenterId }: ManagedQuery): void {
  if (readsAll(caller) || (contactCenterId !== undefined && !isForwarded(kind))) return;
  throw forbidden('This caller reads what one contact centre has: name it in contactCenterId');
}

/** The row of the thing; without an id those of the kind. */
export function managedRowOf({ kind, id, contactCenterId: given, name, location }: ManagedQuery) {
  const contactCenterId = given?.toLowerCase();
  const place = { kind, contactCenterId: contactCenterId ?? null };
  if (kind === 'Environment') return { ...place, id: id?.toLowerCase() };
  if (kind === 'ContactCenter') return { ...place, id: contactCenterId };
  if (name === undefined) return { ...place, id: undefined };
  return { ...place, id: idOf({ kind, metadata: { name, location } }, contactCenterId) };
}

/** `revisions`: by owner. */
export function managedThings(
  kind: DocumentKindName,
  rows: readonly (Managed & { id: string })[],
  revisions: ReadonlyMap<string, string | undefined>,
): ManagedThing[] {
  return rows.map(({ id, madeBy, fields }) => ({
    ...placeOf(kind, id),
    owners: [...new Set([...(madeBy === null ? [] : [madeBy]), ...Object.values(fields)])]
      .sort()
      .map((owner) => ({
        owner,
        ...definedOnly({ revision: revisions.get(owner) }),
        isMaker: owner === madeBy,
        // A document refers to an environment by its name.
        fields: [
          ...(kind === 'Environment' ? ['name'] : []),
          ...Object.keys(fields)
            .filter((field) => fields[field] === owner)
            .map(asInApi)
            .sort(),
        ],
      })),
  }));
}

function placeOf(kind: DocumentKindName, id: string): Pick<ManagedThing, 'name' | 'location'> {
  if (kind === 'Environment' || kind === 'ContactCenter') return {};
  if (isForwarded(kind)) return { name: id };
  const [, name, location] = JSON.parse(id) as [string | null, string, string?];
  return { name, ...definedOnly({ location }) };
}

const apiNames = new Map<string, string>(Object.entries(referenceNames).map(([api, name]) => [name, api]));
const asInApi = (field: string) => apiNames.get(field) ?? field;
