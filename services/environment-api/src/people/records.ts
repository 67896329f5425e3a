/** Records changes of persons, reads them again inside a transaction, and refuses user names that are taken. */
import { personChangeId } from '@gatehouse/contracts/environment-api';
import { AppError, conflict } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Written } from '../changes/writer.ts';
import { noNumberLeft, sequenceExhausted } from '../person-numbers/numbers.ts';
import { type Home, namesOfChanges, type Person } from './person.ts';
import * as store from './store.ts';

/** The trail and Auth API are told of the person, and of nothing that is known about them. */
export function writtenOf(
  { environmentId, contactCenterId }: Home,
  action: 'create' | 'update' | 'delete',
  dbid: number,
  before: object | undefined,
  after: object | undefined,
): Written {
  const id = personChangeId(environmentId, dbid);
  return { action, entity: 'person', id, contactCenterId, changes: namesOfChanges(before, after) };
}

export async function reread(db: Queryable, { environmentId }: Home, id: string): Promise<Person> {
  const person = await store.readPerson(db, environmentId, id);
  if (!person) throw new Error(`person ${id} vanished inside its own transaction`);
  return person;
}

/** Also for names that another request takes at the same time. */
export async function refusingTaken<T>(write: () => Promise<T>, field?: string): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === store.takenState) throw taken(field);
    if (code === sequenceExhausted) throw noNumberLeft(error);
    throw error;
  }
}

/** Without the name, because messages are logged. */
export function taken(field = 'userName') {
  return new AppError(
    'uniqueness',
    409,
    'Another person has this user name: user names are unique in any case',
    { field, reason: 'taken' },
  );
}

/** People belong to one environment: another one has other people. */
export function otherHome() {
  return conflict(
    'The contact centre has another environment by now: give it the one back from which the person was deleted',
    { field: 'data.environmentId' },
  );
}
