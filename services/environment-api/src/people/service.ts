/** Reads and writes persons: unique user names, numbers that stay, and the end of what a person had when they are deactivated. */
import { personChangeId } from '@gatehouse/contracts/environment-api';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { notFound } from '@gatehouse/service-kit/errors';
import { requireMatch } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { AdministratorPlaces } from '../access/administrator-places.ts';
import type { Caller } from '../access/caller.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { type Kept, keep } from '../deleted/kept.ts';
import { parseId } from '../fields/scalars.ts';
import { createPeopleCounts } from './counts.ts';
import { setGroupsOf } from './group-service.ts';
import { keptOf, requireOtherThan, restorePerson } from './kept.ts';
import { deleteLinksOf } from './passwords.ts';
import { fieldsOf, type Home, namesOfChanges, type Person, type PersonFields } from './person.ts';
import type { ProvidedPassword, ProvidedPasswords } from './provided-password.ts';
import { refusingTaken, reread, taken, writtenOf } from './records.ts';
import * as store from './store.ts';

export type PeopleService = ReturnType<typeof createPeopleService>;

export type CreatedPerson = Pick<Person, 'id' | 'version'>;

export interface PersonChange {
  fields: PersonFields;
  /** Names of all groups of the person; undefined: they stay. */
  groups?: readonly string[] | undefined;
  password?: ProvidedPassword | undefined;
  /** The issuer that gives the groups. */
  provider?: string | undefined;
}

export function createPeopleService({
  db,
  writer,
  passwords,
  changeLog,
  administratorPlaces,
}: {
  db: Queryable;
  writer: Writer;
  passwords: ProvidedPasswords;
  changeLog: Pick<ChangeLog, 'latest'>;
  administratorPlaces: Pick<AdministratorPlaces, 'requireOther'>;
}) {
  /** A person whose password somebody else sets is somebody else, and so is one with another name at an identity provider. */
  const lockForChange = async (context: WriteContext, write: Write, home: Home, text: string) => {
    const present = await lock(context, write, home, text);
    await write.requires(() =>
      administratorPlaces.requireOther(context.caller, home.contactCenterId, {
        dbid: present.dbid,
        groups: present.groups.map(({ name }) => name),
      }),
    );
    return present;
  };
  const countAll = createPeopleCounts({ db, changeLog });
  return {
    hashPassword: passwords.hash,
    /** @throws AppError 404 */
    async read(home: Home, text: string): Promise<Person> {
      const id = parseId(text);
      const person = id && (await store.readPerson(db, home.environmentId, id));
      if (!person) throw unknownPerson(text);
      return person;
    },
    list: (home: Home, condition: store.Condition, page: { offset: number; limit: number }) =>
      store.listPeople(db, home.environmentId, condition, page),
    /** Everybody without a condition. */
    count: ({ environmentId }: Home, condition?: store.Condition) =>
      condition === undefined ? countAll(environmentId) : store.countPeople(db, environmentId, condition),
    /** @throws AppError 400, 409 when the user name is taken */
    create: (
      context: WriteContext,
      home: Home,
      { fields, groups = [], password, provider }: PersonChange,
    ): Promise<CreatedPerson> =>
      writer.write(context, async (write) => {
        const id = randomUuid();
        const { userName } = fields;
        const passwordEnvelope =
          password && (await passwords.sealed(password, { id, userName, present: undefined }));
        const [created] = await insertAll(write, home, [{ id, fields, passwordEnvelope }]);
        if (created === undefined) throw taken();
        await setGroupsOf(write, home, { id, groups: [] }, groups, provider);
        return created;
      }),
    /** Undefined in the place of each whose user name is taken. Errors: 409 for one that was taken meanwhile */
    createMany: (
      context: WriteContext,
      home: Home,
      many: readonly PersonFields[],
    ): Promise<(CreatedPerson | undefined)[]> =>
      writer.write(context, async (write) => {
        const people = many.map((fields) => ({ id: randomUuid(), fields }));
        const created = new Map((await insertAll(write, home, people)).map((one) => [one.id, one]));
        return people.map(({ id }) => created.get(id));
      }),
    /** Nothing is written where nothing differs. @throws AppError 400, 404, 409, 412 */
    change: (
      context: WriteContext,
      home: Home,
      text: string,
      merge: (present: Person) => PersonChange,
    ): Promise<Person> =>
      writer.write(context, async (write) => {
        const present = await lockForChange(context, write, home, text);
        const { fields, groups, password } = merge(present);
        const { id, passwordEnvelope } = present;
        const whose = { id, userName: fields.userName, present: passwordEnvelope };
        const envelope = password && (await passwords.sealed(password, whose));
        const before = { ...fieldsOf(present), password: passwordEnvelope };
        const after = { ...fields, password: envelope ?? passwordEnvelope };
        const isMoved = groups !== undefined && (await setGroupsOf(write, home, present, groups));
        if (Object.keys(namesOfChanges(before, after)).length === 0)
          return isMoved ? reread(write.db, home, id) : present;
        await refusingTaken(() => store.updatePerson(write.db, home.environmentId, id, fields));
        if (envelope !== undefined) await store.writePassword(write.db, id, envelope);
        await write.record(writtenOf(home, 'update', present.dbid, before, after));
        const isDeactivated = present.isActive && !fields.isActive;
        if (isDeactivated || envelope !== undefined) await deleteLinksOf(write.db, id);
        // A first password takes nothing from whoever came in by single sign-on.
        const isReplaced = envelope !== undefined && passwordEnvelope !== undefined;
        if (isDeactivated || isReplaced) announceEnd(write, home, present.dbid);
        return reread(write.db, home, id);
      }),
    /** For a write about how the person signs in. @throws AppError 403, 404, 412 */
    lock: lockForChange,
    /** The row is kept for some days without its password; the number is never given again. @throws AppError 404, 412 */
    remove: (context: WriteContext, home: Home, text: string): Promise<void> =>
      writer.write(context, async (write) => {
        const present = await lockForChange(context, write, home, text);
        await keep(write.db, context.caller, keptOf(home, present));
        await store.deletePerson(write.db, present.id);
        await write.record(writtenOf(home, 'delete', present.dbid, fieldsOf(present), undefined));
        announceEnd(write, home, present.dbid);
      }),
    /** A caller who may not delete a person takes the way back neither. @throws AppError 403 */
    requireForgettable: (write: Write, caller: Caller, kept: Kept): Promise<void> =>
      requireOtherThan(write, { caller, kept, administratorPlaces }),
    /** With the old id and number. @throws AppError 409 where the user name is taken, or the contact centre has other people */
    restore: (write: Write, caller: Caller, kept: Kept, userName: string | undefined): Promise<Person> =>
      restorePerson(write, { caller, kept, userName, administratorPlaces }),
  };
}

async function insertAll(write: Write, home: Home, people: readonly store.NewPerson[]) {
  const inserted = await refusingTaken(() => store.insertPeople(write.db, home.environmentId, people));
  const byId = new Map(people.map((person) => [person.id, person]));
  const written = inserted.map(({ id, dbid }) => {
    const { fields, passwordEnvelope } = byId.get(id) ?? {};
    return writtenOf(home, 'create', dbid, undefined, { ...fields, password: passwordEnvelope });
  });
  if (written.length > 0) await write.record(...written);
  return inserted;
}

/** Auth API revokes the sessions and tokens of the person. */
export function announceEnd(write: Write, { environmentId, contactCenterId }: Home, dbid: number): void {
  write.announce({ entity: 'person-end', id: personChangeId(environmentId, dbid), contactCenterId });
}

async function lock({ ifMatch }: WriteContext, { db }: Write, { environmentId }: Home, text: string) {
  const id = parseId(text);
  const present = id && (await store.lockPerson(db, environmentId, id));
  if (!present) throw unknownPerson(text);
  requireMatch(ifMatch, present.version);
  return present;
}

/** The same answer for people of other contact centres, so that ids cannot be probed. */
function unknownPerson(text: string) {
  return notFound(`There is no person ${JSON.stringify(text)}`);
}
