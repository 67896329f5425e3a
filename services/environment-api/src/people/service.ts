/** Reads and writes persons: unique user names, numbers that stay, and the end of what a person had when they are deactivated. */
import { personChangeId } from '@gatehouse/contracts/environment-api/people';
import { randomUuid } from '@gatehouse/service-kit/crypto/secrets';
import { AppError, notFound } from '@gatehouse/service-kit/errors/app-error';
import { requireMatch } from '@gatehouse/service-kit/http/entity-tag';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { Caller } from '../access/caller.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { parseId } from '../fields/scalars.ts';
import { requireProvisioner } from './home.ts';
import { deleteLinksOf } from './passwords.ts';
import { fieldsOf, type Home, namesOfChanges, type Person, type PersonFields } from './person.ts';
import type { ProvidedPassword, ProvidedPasswords } from './provided-password.ts';
import * as store from './store.ts';

/** SQLSTATE unique_violation. */
const takenState = '23505';

export type PeopleService = ReturnType<typeof createPeopleService>;

export interface PersonChange {
  fields: PersonFields;
  password?: ProvidedPassword | undefined;
}

export function createPeopleService({
  db,
  writer,
  passwords,
}: {
  db: Queryable;
  writer: Writer;
  passwords: ProvidedPasswords;
}) {
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
    count: (home: Home, condition: store.Condition) => store.countPeople(db, home.environmentId, condition),
    /** @throws AppError 400, 409 when the user name is taken */
    create: (
      context: WriteContext,
      home: Home,
      { fields, password }: PersonChange,
    ): Promise<Pick<Person, 'id' | 'version'>> =>
      writer.write(context, provisionerOf(home), async (write) => {
        const id = randomUuid();
        const { userName } = fields;
        const envelope = password && (await passwords.sealed(password, { id, userName, present: undefined }));
        const { environmentId } = home;
        const inserted = await refusingTaken(userName, () =>
          store.insertPerson(write.db, environmentId, id, fields, envelope),
        );
        if (inserted === undefined) throw taken(userName);
        await record(write, home, 'create', inserted.dbid, undefined, { ...fields, password: envelope });
        return { id, version: inserted.version };
      }),
    /** Nothing is written where nothing differs. @throws AppError 400, 404, 409, 412 */
    change: (
      context: WriteContext,
      home: Home,
      text: string,
      merge: (present: Person) => PersonChange,
    ): Promise<Person> =>
      writer.write(context, provisionerOf(home), async (write) => {
        const present = await lock(context, write, home, text);
        const { fields, password } = merge(present);
        const { id, passwordEnvelope } = present;
        const envelope =
          password &&
          (await passwords.sealed(password, { id, userName: fields.userName, present: passwordEnvelope }));
        const before = { ...fieldsOf(present), password: passwordEnvelope };
        const after = { ...fields, password: envelope ?? passwordEnvelope };
        if (Object.keys(namesOfChanges(before, after)).length === 0) return present;
        await refusingTaken(fields.userName, () =>
          store.updatePerson(write.db, home.environmentId, id, fields),
        );
        if (envelope !== undefined) await store.writePassword(write.db, id, envelope);
        await record(write, home, 'update', present.dbid, before, after);
        const isDeactivated = present.isActive && !fields.isActive;
        if (isDeactivated || envelope !== undefined) {
          await deleteLinksOf(write.db, id);
          announceEnd(write, home, present.dbid);
        }
        return reread(write.db, home, id);
      }),
    /** The row is erased; the number is never given again. @throws AppError 404, 412 */
    remove: (context: WriteContext, home: Home, text: string): Promise<void> =>
      writer.write(context, provisionerOf(home), async (write) => {
        const present = await lock(context, write, home, text);
        await store.deletePerson(write.db, present.id);
        await record(write, home, 'delete', present.dbid, fieldsOf(present), undefined);
        announceEnd(write, home, present.dbid);
      }),
  };
}

export function provisionerOf({ contactCenterId }: Home) {
  return (caller: Caller) => requireProvisioner(caller, contactCenterId);
}

/** The trail and Auth API are told of the person, and of nothing that is known about them. */
async function record(
  write: Write,
  { environmentId, contactCenterId }: Home,
  action: 'create' | 'update' | 'delete',
  dbid: number,
  before: object | undefined,
  after: object | undefined,
): Promise<void> {
  const id = personChangeId(environmentId, dbid);
  const changes = namesOfChanges(before, after);
  await write.record({ action, entity: 'person', id, contactCenterId, changes });
}

/** Auth API revokes the sessions and tokens of the person. */
function announceEnd(write: Write, { environmentId, contactCenterId }: Home, dbid: number): void {
  write.announce({ entity: 'person-end', id: personChangeId(environmentId, dbid), contactCenterId });
}

async function lock({ ifMatch }: WriteContext, { db }: Write, { environmentId }: Home, text: string) {
  const id = parseId(text);
  const present = id && (await store.lockPerson(db, environmentId, id));
  if (!present) throw unknownPerson(text);
  requireMatch(ifMatch, present.version);
  return present;
}

async function reread(db: Queryable, { environmentId }: Home, id: string): Promise<Person> {
  const person = await store.readPerson(db, environmentId, id);
  if (!person) throw new Error(`person ${id} vanished inside its own transaction`);
  return person;
}

/** Also for names that another request takes at the same time. */
async function refusingTaken<T>(userName: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if ((error as { code?: unknown }).code === takenState) throw taken(userName);
    throw error;
  }
}

function taken(userName: string) {
  return new AppError(
    'uniqueness',
    409,
    `Another person has the user name ${JSON.stringify(userName)}: user names are unique in any case`,
    { field: 'userName' },
  );
}

/** The same answer for people of other contact centres, so that ids cannot be probed. */
function unknownPerson(text: string) {
  return notFound(`There is no person ${JSON.stringify(text)}`);
}
