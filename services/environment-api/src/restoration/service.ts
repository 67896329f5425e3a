/** Lists what was deleted, restores it once, and ends what is kept. */
import type { Restoration, Restored } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { badRequest, notFound } from '@gatehouse/service-kit/errors';
import { cutPage, type Page, type Rows } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Caller } from '../access/caller.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { createDeletedStore, DeletedFilter, Kept, Reach } from '../deleted/kept.ts';
import type { EnvironmentService } from '../environments/service.ts';
import { parseId } from '../fields/scalars.ts';
import { nameKey } from '../people/name-key.ts';
import type { PeopleService } from '../people/service.ts';

export type RestorationService = ReturnType<typeof createRestorationService>;

interface RestorationOptions {
  db: Queryable;
  writer: Writer;
  store: ReturnType<typeof createDeletedStore>;
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  people: PeopleService;
}

/** The fields of a restoration, by the kinds that have them. */
const fieldsOf = {
  environment: ['name', 'password'],
  'contact-center': ['name', 'domains', 'environmentId'],
  person: ['name'],
} as const satisfies Record<Kept['kind'], readonly (keyof Restoration)[]>;

export function createRestorationService(options: RestorationOptions) {
  const { db, writer, store, environments, contactCenters, people } = options;

  /** Creates the object again. Returns its version. */
  async function create(write: Write, caller: Caller, kept: Kept, anew: Restoration): Promise<number> {
    switch (kept.kind) {
      case 'environment':
        return (await environments.restore(write, kept, anew)).version;
      case 'contact-center':
        return (await contactCenters.restore(write, caller, kept, anew)).version;
      case 'person':
        return (await people.restore(write, caller, kept, anew.name)).version;
    }
  }

  /** Takes it for this transaction. @throws AppError 404 */
  async function take(write: Write, reach: Reach, text: string): Promise<Kept> {
    const id = parseId(text);
    const kept = id && (await store.lock(write.db, reach, id));
    return kept || missing(text);
  }

  return {
    /** Newest first. */
    async list(reach: Reach, filter: DeletedFilter, page: Page): Promise<Rows<Kept>> {
      const rows = await store.list(db, reach, filter, page);
      return cutPage(rows, page.limit, ({ ordinal }) => ordinal);
    },
    /** @throws AppError 404 */
    async read(reach: Reach, text: string): Promise<Kept> {
      const id = parseId(text);
      return (id && (await store.read(db, reach, id))) || missing(text);
    },
    /** Of two at once, one restores, and the other finds nothing. @throws AppError 400, 403, 404, 409 */
    restore: (context: WriteContext, reach: Reach, text: string, anew: Restoration) =>
      writer.write(context, async (write): Promise<{ restored: Restored; version: number }> => {
        const kept = await take(write, reach, text);
        const { id, kind, objectId, environmentId, contactCenterId, lostSecrets } = kept;
        requireFields(kind, anew);
        const version = await create(write, context.caller, kept, anew);
        await store.remove(write.db, id);
        await recordEnd(write, kept, { to: 'restored' });
        const restored = {
          kind,
          id: objectId,
          environmentId: anew.environmentId ?? environmentId,
          ...definedOnly({ contactCenterId }),
          lostSecrets: lostSecrets.filter((secret) => secret !== 'accountPassword'),
        };
        return { restored, version };
      }),
    /** Of every contact centre: for people whose data is to be erased. Returns of how many something was kept. */
    forgetPeople: (context: WriteContext, userName: string): Promise<number> =>
      writer.write(context, async (write) => {
        const people = await store.removePeople(write.db, nameKey(userName));
        if (people === 0) return people;
        const changes = { people: { from: people, to: 0 } };
        // The trail outlives people who ask to be forgotten, so it does not name them.
        await write.record({ action: 'delete', entity: 'deletion', id: 'people', changes });
        return people;
      }),
    /** It cannot be restored afterwards: for people whose data is to be erased. @throws AppError 403, 404 */
    forget: (context: WriteContext, reach: Reach, text: string): Promise<void> =>
      writer.write(context, async (write) => {
        const kept = await take(write, reach, text);
        if (kept.kind === 'person') await people.requireForgettable(write, context.caller, kept);
        await store.remove(write.db, kept.id);
        await recordEnd(write, kept, {});
      }),
  };
}

/** @throws AppError 400 */
function requireFields(kind: Kept['kind'], anew: Restoration): void {
  const known: readonly string[] = fieldsOf[kind];
  for (const [name, value] of Object.entries(anew)) {
    if (value !== undefined && !known.includes(name))
      throw badRequest(`${name} does not belong to the restoration of this kind: leave it out`, {
        field: `data.${name}`,
      });
  }
}

/** The trail outlives people who ask to be forgotten: it says what was kept by its id alone. */
async function recordEnd(write: Write, { id, kind, objectId, contactCenterId }: Kept, end: { to?: string }) {
  const changes = { state: { from: 'kept', ...end }, [kind]: { from: objectId } };
  const action = end.to === undefined ? 'delete' : 'update';
  await write.record({ action, entity: 'deletion', id, ...definedOnly({ contactCenterId }), changes });
}

function missing(text: string): never {
  throw notFound(`Nothing that can be restored has the id ${JSON.stringify(text)}`);
}
