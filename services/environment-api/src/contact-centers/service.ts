/** Reads and writes contact centres: unique domains, an existing environment, per-field changes under a row lock. */

import { isDeepStrictEqual } from 'node:util';
import type { ContactCenterEnds } from '@gatehouse/contracts/environment-administration';
import { everybody } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { cutPage, namedKeyOf, type Page, type Rows, requireMatch } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { AdministratorPlaces } from '../access/administrator-places.ts';
import {
  type Caller,
  readableIds,
  requireEnvironmentId,
  requireReach,
  unknownContactCenter,
} from '../access/caller.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { type Kept, keep } from '../deleted/kept.ts';
import { corsSetting } from '../fields/cors-origins.ts';
import { authoriseChange } from './authorise-change.ts';
import { auditedFields, type ContactCenter } from './contact-center.ts';
import { readContents } from './contents.ts';
import { type Anew, keptOf, restoreCenter } from './kept.ts';
import { type ContactCenterFilter, countContactCenters, listContactCenters } from './list-store.ts';
import type { ContactCenterPatch, NewContactCenter } from './schemas.ts';
import { completed } from './second-factor.ts';
import * as store from './store.ts';
import {
  deleteCenter,
  insertCenter,
  requireHonestNames,
  requireNextMembership,
  reread,
  updateCenter,
} from './writes.ts';

/** For a contact centre of which nobody chose these. */
const newFields = { membership: everybody, subjectScope: 'contactCenter' as const };

/** Something that belongs to it changed, and its policy did not. */
const asBefore = { raisesSecondFactor: false };

export type ContactCenterService = ReturnType<typeof createContactCenterService>;

export interface ContactCenterServiceOptions {
  db: Queryable;
  writer: Writer;
  /** Callers of existing installations know no membership. */
  isCompat: boolean;
  administratorPlaces: Pick<AdministratorPlaces, 'requireOthers' | 'endFormer'>;
}

export function createContactCenterService({
  db,
  writer,
  isCompat,
  administratorPlaces,
}: ContactCenterServiceOptions) {
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
      filter: Omit<ContactCenterFilter, 'ids'>,
      page: Page,
      count = false,
    ): Promise<Rows<ContactCenter>> {
      const readable = { ...filter, ids: readableIds(caller) };
      const [rows, total] = await Promise.all([
        listContactCenters(db, readable, page),
        count ? countContactCenters(db, readable) : {},
      ]);
      const keyOf = ({ ordinal, name }: ContactCenter) =>
        filter.sort === undefined ? ordinal : namedKeyOf(ordinal, name);
      return { ...cutPage(rows, page.limit, keyOf), ...total };
    },
    /** @throws AppError 404 */
    async read(caller: Caller, text: string): Promise<ContactCenter> {
      const center = await store.readContactCenter(db, requireReach(caller, text));
      if (!center) throw unknownContactCenter(text);
      return center;
    },
    /** Those of an environment. @throws AppError 404 */
    ofEnvironment: (text: string) => store.listOfEnvironment(db, requireEnvironmentId(text)),
    /** The things that are deleted with the contact centre. @throws AppError 404 */
    async ends(caller: Caller, text: string): Promise<ContactCenterEnds> {
      const ends = await readContents(db, requireReach(caller, text));
      if (!ends) throw unknownContactCenter(text);
      return ends;
    },
    /** @throws AppError 400 for an unknown environment, 409 when the id or a domain is taken */
    async create(context: WriteContext, input: NewContactCenter): Promise<ContactCenter> {
      const { id = randomUuid(), ...rest } = input;
      const { name = input.domains[0] ?? id, secondFactor } = input;
      const fields = { ...newFields, ...definedOnly(rest), secondFactor: completed(secondFactor), name };
      requireHonestNames(fields);
      const needsChoice = input.membership === undefined && !isCompat;
      return writer.write(context, (write) =>
        insertCenter({ write, caller: context.caller, administratorPlaces }, id, fields, needsChoice),
      );
    },
    /** Fields that are not given keep their values. @throws AppError 400, 404, 409, 412 */
    change: (context: WriteContext, text: string, patch: ContactCenterPatch): Promise<ContactCenter> =>
      writeOne(context, text, async (write, present) => {
        const next = changed(present, patch);
        if (isDeepStrictEqual(auditedFields(present), auditedFields(next))) return present;
        requireHonestNames(next, present);
        await store.recordSharedSubjects(write.db, present.environmentId);
        await authoriseChange(write, administratorPlaces, { caller: context.caller, present, next });
        const needsChoice = patch.membership === undefined && !isCompat;
        await requireNextMembership(write.db, present, next, needsChoice);
        return updateCenter(write, context.caller, present, next);
      }),
    /** Deletes it with its settings. @throws AppError 404, 412 */
    async remove(context: WriteContext, text: string): Promise<void> {
      await writeOne(context, text, async (write, present) => {
        const hasOrigins = await store.hasSetting(write.db, present.id, corsSetting);
        await store.recordSharedSubjects(write.db, present.environmentId);
        await keep(write.db, context.caller, await keptOf(write.db, present));
        await deleteCenter(write, present);
        // Its origins are deleted with it.
        if (hasOrigins) write.announce({ entity: 'cors', id: present.id, contactCenterId: present.id });
      });
    },
    /** Creates it again under its old id. @throws AppError 400, 409, 503 while Auth API cannot end what its people held */
    restore: (write: Write, caller: Caller, kept: Kept, anew: Anew): Promise<ContactCenter> =>
      restoreCenter({ write, caller, administratorPlaces }, kept, anew),
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
        await store.updateContactCenter(write.db, present.id, present, asBefore);
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
        await store.updateContactCenter(write.db, present.id, present, asBefore);
        return { center: await reread(write.db, present.id), result };
      }),
  };
}

function changed(present: ContactCenter, patch: ContactCenterPatch) {
  const secondFactor = completed(patch.secondFactor, present.secondFactor);
  return { ...auditedFields(present), ...definedOnly(patch), secondFactor };
}

async function lock({ ifMatch }: WriteContext, db: Queryable, id: string): Promise<ContactCenter> {
  const present = await store.lockContactCenter(db, id);
  if (!present) throw unknownContactCenter(id);
  requireMatch(ifMatch, present.version);
  return present;
}
