/** Documents of installation administrators. A person has one entry, whatever names it is found by. */
import type { Document } from '@gatehouse/contracts/documents';
import { type NewAdministrator, newAdministratorSchema } from '@gatehouse/contracts/resources';
import { definedOnly, passwordWay } from '@gatehouse/contracts/values';
import type { ListedPeople } from '../administrators/routes.ts';
import { type AdministratorService, isWhole, type StoredAdministrator } from '../administrators/service.ts';
import { differencesOf } from './fields.ts';
import type { Kind, Place, Step } from './kind.ts';

interface AdministratorKindOptions {
  administrators: AdministratorService;
  people: ListedPeople;
}

export function createAdministratorKind({ administrators, people }: AdministratorKindOptions): Kind {
  const personOf = ({ metadata: { name, contactCenter } }: Document) =>
    people.listed({ user: name, ...definedOnly({ contactCenter }) }, undefined);

  return {
    name: 'Administrator',
    identify: async (document) => (await personOf(document)).sub,
    async open() {
      const entries = new Map((await administrators.list()).map((entry) => [entry.sub, entry]));
      return {
        placeOf(id) {
          const entry = entries.get(id);
          return entry && placeOf(entry);
        },
        async plan(document, id): Promise<Step> {
          const { way, note } = inputOf(document);
          const { contactCenter } = document.metadata;
          const given = definedOnly({ contactCenter, way, note });
          const before = entries.get(id);
          return {
            isMade: before === undefined,
            supplied: Object.keys(given),
            fields: differencesOf(given, before && fieldsOf(before), given),
            async write(actor) {
              await administrators.put({ ...(await personOf(document)), way, note }, actor);
              return undefined;
            },
          };
        },
        remove: (id, actor) => administrators.remove(id, actor),
      };
    },
    async list() {
      return (await administrators.list()).filter(isWhole).map((entry) => ({
        metadata: placeOf(entry),
        spec: definedOnly({ note: entry.note ?? undefined }),
      }));
    },
  };
}

/** By the `sub`, which stays when the person gets another name. */
function placeOf(entry: StoredAdministrator): Place {
  const { contactCenter, way } = fieldsOf(entry);
  return { name: entry.sub, ...definedOnly({ contactCenter, way }) };
}

function fieldsOf({ contactCenterId, way, note }: StoredAdministrator) {
  return { contactCenter: contactCenterId ?? undefined, way: way ?? undefined, note: note ?? undefined };
}

/** @throws ZodError */
function inputOf({ metadata: { name: user, way = passwordWay }, spec }: Document) {
  return newAdministratorSchema.parse({ ...spec, user, way } satisfies Partial<NewAdministrator>);
}
