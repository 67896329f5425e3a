/** Reads and writes contact centres: unique domains, an existing environment, per-field changes under a row lock. */

import { isDeepStrictEqual } from 'node:util';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { ContactCenterEnds } from '@gatehouse/contracts/environment-administration/contact-centers';
import type { Directory } from '@gatehouse/contracts/environment-api/directory';
import { everybody } from '@gatehouse/contracts/environment-api/membership';
import { diff } from '@gatehouse/service-kit/changes';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { badRequest, conflict } from '@gatehouse/service-kit/errors';
import { cutPage, type Page, type Rows, requireMatch } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { AdministratorPlaces } from '../access/administrator-places.ts';
import {
  type Caller,
  mayRead,
  readableIds,
  requireEnvironmentId,
  requireReach,
  unknownContactCenter,
} from '../access/caller.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { corsSetting } from '../fields/cors-origins.ts';
import { requireHonestName } from '../fields/names.ts';
import { authoriseChange } from './authorise-change.ts';
import { auditedFields, type ContactCenter, type ContactCenterFields } from './contact-center.ts';
import { readContents } from './contents.ts';
import { announceEnds } from './ends.ts';
import { requireAnswerable } from './membership.ts';
import type { ContactCenterPatch, NewContactCenter } from './schemas.ts';
import * as store from './store.ts';

export type ContactCenterService = ReturnType<typeof createContactCenterService>;

export interface ContactCenterServiceOptions {
  db: Queryable;
  writer: Writer;
  /** Callers of existing installations know no membership. */
  isCompat: boolean;
  administratorPlaces: Pick<AdministratorPlaces, 'requireOthers'>;
}

export function createContactCenterService({
  db,
  writer,
  isCompat,
  administratorPlaces,
}: ContactCenterServiceOptions) {
  /** @throws AppError 400 where the people of an environment are to be told apart, and nobody says how */
  const requireChoice = async (db: Queryable, environmentId: string): Promise<void> => {
    const another = isCompat ? undefined : await store.onlyContactCenter(db, environmentId);
    if (another === undefined) return;
    throw badRequest(
      'The environment serves another contact centre: say which of its people belong to this one, such as {"by": "tenant", "names": ["Nordic"]}, or {"by": "all"} for everybody',
      { field: 'data.membership', reason: 'missing' },
    );
  };

  /** Changes one that the caller reaches, under its lock. @throws AppError 404, 412 */
  async function writeOne<T>(
    context: WriteContext,
    text: string,
    work: (write: Write, present: ContactCenter) => Promise<T>,
  ): Promise<T> {
    const id = requireReach(context.caller, text);
    return writer.write(context, async (write) => work(write, await lock(context, write.db, id)));
  }

  return {
    async list(
      caller: Caller,
      filter: Omit<store.ContactCenterFilter, 'ids'>,
      page: Page,
    ): Promise<Rows<ContactCenter>> {
      const rows = await store.listContactCenters(db, { ...filter, ids: readableIds(caller) }, page);
      return cutPage(rows, page.limit, (center) => center.ordinal);
    },
    /** @throws AppError 404 */
    async read(caller: Caller, text: string): Promise<ContactCenter> {
      const center = await store.readContactCenter(db, requireReach(caller, text));
      if (!center) throw unknownContactCenter(text);
      return center;
    },
    /** Those of an environment. @throws AppError 404 */
    ofEnvironment: (text: string) => store.listOfEnvironment(db, requireEnvironmentId(text)),
    /** What is deleted with it. @throws AppError 404 */
    async ends(caller: Caller, text: string): Promise<ContactCenterEnds> {
      const ends = await readContents(db, requireReach(caller, text));
      if (!ends) throw unknownContactCenter(text);
      return ends;
    },
    /** @throws AppError 400 for an unknown environment, 409 when the id or a domain is taken */
    async create(context: WriteContext, input: NewContactCenter): Promise<ContactCenter> {
      const { id = randomUuid(), ...rest } = input;
      const { membership = everybody, subjectScope = 'contactCenter' } = input;
      const fields = { ...rest, membership, subjectScope, name: input.name ?? input.domains[0] ?? id };
      requireHonestNames(fields);
      return writer.write(context, async (write) => {
        requireAnswerable(await holdEnvironment(write.db, fields.environmentId), membership);
        if (input.membership === undefined) await requireChoice(write.db, fields.environmentId);
        if (!(await store.insertContactCenter(write.db, id, fields))) {
          throw conflict(
            `A contact centre with the id ${id} exists: change it with PUT, or choose another id`,
            {
              field: 'data.id',
              reason: 'taken',
            },
          );
        }
        await replaceDomains(context.caller, write.db, id, fields.domains);
        await record(write, 'create', id, undefined, fields);
        announceEnds(write, id, undefined, fields);
        return reread(write.db, id);
      });
    },
    /** Fields that are not given keep their values. @throws AppError 400, 404, 409, 412 */
    change: (context: WriteContext, text: string, patch: ContactCenterPatch): Promise<ContactCenter> =>
      writeOne(context, text, async (write, present) => {
        const next = mergePatch(present, patch);
        if (isDeepStrictEqual(auditedFields(present), auditedFields(next))) return present;
        requireHonestNames(next, present);
        await store.recordSharedSubjects(write.db, present.environmentId);
        await authoriseChange(write, administratorPlaces, { caller: context.caller, present, next });
        const movesPeople = next.environmentId !== present.environmentId;
        if (movesPeople || !isDeepStrictEqual(present.membership, next.membership)) {
          const directory = movesPeople
            ? await holdEnvironment(write.db, next.environmentId)
            : await store.holdEnvironment(write.db, next.environmentId);
          if (directory !== undefined) requireAnswerable(directory, next.membership);
          if (movesPeople && patch.membership === undefined)
            await requireChoice(write.db, next.environmentId);
        }
        await store.updateContactCenter(write.db, present.id, next);
        if (!isDeepStrictEqual(present.domains, next.domains))
          await replaceDomains(context.caller, write.db, present.id, next.domains);
        await record(write, 'update', present.id, present, next);
        announceEnds(write, present.id, present, next);
        return reread(write.db, present.id);
      }),
    /** Deletes it with its settings. @throws AppError 404, 412 */
    async remove(context: WriteContext, text: string): Promise<void> {
      await writeOne(context, text, async (write, present) => {
        const hasOrigins = await store.hasSetting(write.db, present.id, corsSetting);
        await store.recordSharedSubjects(write.db, present.environmentId);
        await store.deleteContactCenter(write.db, present.id);
        await record(write, 'delete', present.id, present, undefined);
        announceEnds(write, present.id, present, undefined);
        // Its origins are deleted with it.
        if (hasOrigins) write.announce({ entity: 'cors', id: present.id, contactCenterId: present.id });
      });
    },
    /**
     * Changes something that belongs to it, under its lock. `work` returns whether anything changed; if so, the contact centre
     * gets a new version. @throws AppError 404, 412
     */
    changeWithin: (
      context: WriteContext,
      text: string,
      work: (write: Write, center: ContactCenter) => Promise<boolean>,
    ): Promise<ContactCenter> =>
      writeOne(context, text, async (write, present) => {
        if (!(await work(write, present))) return present;
        await store.updateContactCenter(write.db, present.id, present);
        return reread(write.db, present.id);
      }),
    /** As changeWithin, for work that returns a result; undefined: nothing changed. */
    changeWithResult: <T>(
      context: WriteContext,
      text: string,
      work: (write: Write, center: ContactCenter) => Promise<T>,
    ): Promise<{ center: ContactCenter; result: T }> =>
      writeOne(context, text, async (write, present) => {
        const result = await work(write, present);
        if (result === undefined) return { center: present, result };
        await store.updateContactCenter(write.db, present.id, present);
        return { center: await reread(write.db, present.id), result };
      }),
  };
}

function requireHonestNames(next: ContactCenterFields, present?: ContactCenterFields): void {
  for (const [index, domain] of next.domains.entries())
    requireHonestName(`data.domains.${index}`, domain, present?.domains);
  requireHonestName('data.name', next.name, present && [present.name]);
}

async function lock({ ifMatch }: WriteContext, db: Queryable, id: string): Promise<ContactCenter> {
  const present = await store.lockContactCenter(db, id);
  if (!present) throw unknownContactCenter(id);
  requireMatch(ifMatch, present.version);
  return present;
}

/** @throws AppError 400, or 409 where the people of the environment are those of another contact centre */
async function holdEnvironment(db: Queryable, environmentId: string): Promise<Directory> {
  const field = 'data.environmentId';
  const directory = await store.holdEnvironment(db, environmentId);
  if (directory === undefined) {
    throw badRequest(`There is no environment ${environmentId}: create it first, or correct the id`, {
      field,
      reason: 'unknown_reference',
    });
  }
  // SCIM is addressed by contact centre: with two of them, one would write the people of the other.
  const owner = directory === 'people' ? await store.onlyContactCenter(db, environmentId) : undefined;
  if (owner === undefined) return directory;
  throw conflict(
    `The environment ${environmentId} keeps the people of the contact centre ${owner}: create one with directory "people" for each contact centre`,
    { field, reason: 'taken' },
  );
}

async function replaceDomains(
  caller: Caller,
  db: Queryable,
  id: string,
  domains: readonly string[],
): Promise<void> {
  const taken = await store.replaceDomains(db, id, domains);
  if (!taken) return;
  const owner = mayRead(caller, taken.contactCenterId)
    ? `the contact centre ${taken.contactCenterId}`
    : 'another contact centre';
  throw conflict(
    `The domain ${JSON.stringify(taken.domain)} belongs to ${owner}: domains are unique over all contact centres, in any case`,
    { field: 'data.domains', reason: 'taken' },
  );
}

async function record(
  write: Write,
  action: 'create' | 'update' | 'delete',
  id: string,
  before: ContactCenterFields | undefined,
  after: ContactCenterFields | undefined,
): Promise<void> {
  const changes = diff(before && auditedFields(before), after && auditedFields(after));
  await write.record({ action, entity: 'contact-center', id, contactCenterId: id, changes });
}

async function reread(db: Queryable, id: string): Promise<ContactCenter> {
  const center = await store.readContactCenter(db, id);
  if (!center) throw new Error(`contact centre ${id} vanished inside its own transaction`);
  return center;
}

function mergePatch(present: ContactCenter, patch: ContactCenterPatch): ContactCenterFields {
  return { ...auditedFields(present), ...definedOnly(patch) };
}
