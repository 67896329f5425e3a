/** Reads and writes groups of people. A person who comes into a group or leaves it gets a new version, which is announced to Auth API. */
import { personChangeId } from '@gatehouse/contracts/environment-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { AppError, badRequest, notFound } from '@gatehouse/service-kit/errors';
import { requireMatch } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { parseId } from '../fields/scalars.ts';
import * as store from './group-store.ts';
import { nameKey } from './name-key.ts';
import { type Group, type GroupFields, type Home, namesOfChanges, type Person } from './person.ts';
import { type Condition, takenState, touchPeople } from './store.ts';

export interface MemberStep {
  step: 'add' | 'remove' | 'replace';
  /** Of people, as the caller sent them. */
  ids: readonly string[];
}

export interface GroupChange {
  fields: GroupFields;
  /** In order. */
  members: readonly MemberStep[];
}

export type GroupService = ReturnType<typeof createGroupService>;

/** Where more people than these changed, their environment is announced in place of each of them. */
export const maxAnnounced = 1_000;

export function createGroupService({ db, writer }: { db: Queryable; writer: Writer }) {
  return {
    /** @throws AppError 404 */
    async read(home: Home, text: string): Promise<Group> {
      const id = parseId(text);
      const group = id && (await store.readGroup(db, home.environmentId, id));
      if (!group) throw unknownGroup(text);
      return group;
    },
    list: (home: Home, condition: Condition, page: { offset: number; limit: number }) =>
      store.listGroups(db, home.environmentId, condition, page),
    count: (home: Home, condition: Condition) => store.countGroups(db, home.environmentId, condition),
    members: (ids: readonly string[]) => store.listMembers(db, ids),
    /** @throws AppError 400 for a member who is no person of the environment, 409 when the name is taken */
    create: (context: WriteContext, home: Home, { fields, members }: GroupChange): Promise<Group> =>
      writer.write(context, async (write) => {
        const id = randomUuid();
        const version = await store.insertGroup(write.db, home.environmentId, id, fields);
        if (version === undefined) throw taken(fields.name);
        const concerned = await changeMembers(write.db, home, id, members);
        await record(write, home, id, 'create', undefined, { ...fields, members: concerned });
        await announceMembers(write, home, concerned);
        return reread(write.db, home, id);
      }),
    /** Nothing is written where nothing differs. @throws AppError 400, 404, 409, 412 */
    change: (
      context: WriteContext,
      home: Home,
      text: string,
      merge: (present: Group) => GroupChange,
    ): Promise<Group> =>
      writer.write(context, async (write) => {
        const present = await lock(context, write, home, text);
        const { fields, members } = merge(present);
        const before = { name: present.name, externalId: present.externalId };
        const after = { name: fields.name, externalId: fields.externalId };
        const moved = await changeMembers(write.db, home, present.id, members);
        const isRenamed = before.name !== after.name;
        if (moved.length === 0 && !isRenamed && before.externalId === after.externalId) return present;
        await refusingTaken(after.name, () => store.updateGroup(write.db, present.id, after));
        const stayed = isRenamed ? await store.memberIds(write.db, present.id) : [];
        await record(
          write,
          home,
          present.id,
          'update',
          { ...before, members: [] },
          { ...after, members: moved },
        );
        await announceMembers(write, home, [...new Set([...moved, ...stayed])]);
        return reread(write.db, home, present.id);
      }),
    /** @throws AppError 404, 412 */
    remove: (context: WriteContext, home: Home, text: string): Promise<void> =>
      writer.write(context, async (write) => {
        const { id, name, externalId } = await lock(context, write, home, text);
        const members = await store.memberIds(write.db, id);
        await store.deleteGroup(write.db, id);
        await record(write, home, id, 'delete', { name, externalId, members }, undefined);
        await announceMembers(write, home, members);
      }),
  };
}

/**
 * Gives a person these groups and no others; a group that does not exist yet is made. An identity provider (`provider`) takes away
 * only what it gave itself. Returns whether one differs.
 */
export async function setGroupsOf(
  write: Write,
  home: Home,
  { id: personId, groups }: Pick<Person, 'id' | 'groups'>,
  names: readonly string[],
  provider?: string,
): Promise<boolean> {
  const before = new Set(groups.map(({ name }) => nameKey(name)));
  const after = new Map(names.map((name) => [nameKey(name), name]));
  const left = groups.filter(
    (group) => !after.has(nameKey(group.name)) && (provider === undefined || group.provider === provider),
  );
  const joined = [...after].filter(([key]) => !before.has(key)).map(([, name]) => name);
  const members = [personId];
  for (const { id } of left) {
    await store.removeMembers(write.db, id, members);
    await store.touchGroup(write.db, id);
    await record(write, home, id, 'update', { members }, { members: [] });
  }
  for (const name of joined) {
    const { id, isNew } = await store.groupNamed(write.db, home.environmentId, name);
    await store.addMembers(write.db, home.environmentId, id, members, provider);
    await record(
      write,
      home,
      id,
      isNew ? 'create' : 'update',
      undefined,
      isNew ? { name, members } : { members },
    );
  }
  const isChanged = left.length + joined.length > 0;
  if (isChanged) await announceMembers(write, home, members);
  return isChanged;
}

/** Returns who came or went. @throws AppError 400 for an id that is no person's of the environment */
async function changeMembers(
  db: Queryable,
  { environmentId }: Home,
  groupId: string,
  steps: readonly MemberStep[],
): Promise<string[]> {
  const moved = new Set<string>();
  const recordMoved = (ids: readonly string[]) => {
    for (const id of ids) moved.add(id);
  };
  const add = async (ids: readonly string[]) => {
    const { added, known } = await store.addMembers(db, environmentId, groupId, ids);
    if (known < ids.length) throw noPerson(`${ids.length - known} of the members`);
    recordMoved(added);
  };
  for (const { step, ids } of steps) {
    if (step === 'remove')
      recordMoved(
        await store.removeMembers(
          db,
          groupId,
          ids.flatMap((text) => parseId(text) ?? []),
        ),
      );
    else {
      const wanted = [...new Set(ids.map(requirePersonId))];
      if (step === 'replace') recordMoved(await store.keepMembers(db, groupId, wanted));
      if (wanted.length > 0) await add(wanted);
    }
  }
  return [...moved];
}

/** Their groups are part of what Auth API keeps of them. */
async function announceMembers(write: Write, home: Home, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { environmentId, contactCenterId } = home;
  const dbids = await touchPeople(write.db, ids);
  const changed =
    dbids.length > maxAnnounced ? [environmentId] : dbids.map((dbid) => personChangeId(environmentId, dbid));
  for (const id of changed) write.announce({ entity: 'person', id, contactCenterId });
}

async function record(
  write: Write,
  { contactCenterId }: Home,
  id: string,
  action: 'create' | 'update' | 'delete',
  before: object | undefined,
  after: object | undefined,
): Promise<void> {
  const changes = namesOfChanges(before, after);
  await write.record({ action, entity: 'person-group', id, contactCenterId, changes });
}

async function lock({ ifMatch }: WriteContext, { db }: Write, { environmentId }: Home, text: string) {
  const id = parseId(text);
  const present = id && (await store.lockGroup(db, environmentId, id));
  if (!present) throw unknownGroup(text);
  requireMatch(ifMatch, present.version);
  return present;
}

async function reread(db: Queryable, { environmentId }: Home, id: string): Promise<Group> {
  const group = await store.readGroup(db, environmentId, id);
  if (!group) throw new Error(`group ${id} vanished inside its own transaction`);
  return group;
}

function requirePersonId(text: string): string {
  const id = parseId(text);
  if (id === undefined) throw noPerson(JSON.stringify(text.slice(0, 100)));
  return id;
}

async function refusingTaken(name: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as { code?: unknown }).code === takenState) throw taken(name);
    throw error;
  }
}

function taken(name: string) {
  const message = `Another group has the name ${JSON.stringify(name)}: names are unique in any case`;
  return new AppError('uniqueness', 409, message, { field: 'displayName' });
}

function noPerson(which: string) {
  return badRequest(`${which} is not the id of a person of this contact centre: create the person first`, {
    field: 'members',
  });
}

function unknownGroup(text: string) {
  return notFound(`There is no group ${JSON.stringify(text)}`);
}
