/** Answers RequestReadObjects: pages of the objects that match the filter, then the end of the list. */

import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire';
import { CfgObjectType, compareUserNames } from '@gatehouse/people-directory';
import type { ClientSession } from '../connections/client-session.ts';
import { compileFilter } from '../objects/filters.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { sendPages } from './pages.ts';
import type { ServerContext } from './server-context.ts';

type Request = MessageBody<'RequestReadObjects'>;

/** Zero objects means not found. @throws RequestRefused InvalidFilter, Unsupported */
export async function readObjects(
  request: Request,
  answer: (event: ConfMessage) => void,
  session: ClientSession,
  { store, limits }: ServerContext,
): Promise<void> {
  const { objectType, filter, fields, maxObjects } = request;
  const matches = compileFilter(objectType, filter, (type) => store.all(type));
  const historyId = store.log.lastHistoryId;
  const found = inOrder(candidates(request, store).filter(matches), filter);
  const objects = found.slice(0, maxObjects ?? found.length);
  const visible = fields === undefined ? objects : objects.map((object) => onlyFields(object, fields));
  await sendPages(
    visible,
    (page) => answer({ name: 'EventObjectsRead', body: { objectType, objects: page } }),
    session,
    limits,
  );
  answer({
    name: 'EventObjectsSent',
    body: { total: objects.length, historyId, truncated: objects.length < found.length },
  });
}

/** Uses the two indexes when the filter allows, so that a login does not search all persons. */
function candidates({ objectType, filter }: Request, store: ObjectStore): StoredObject[] {
  const { dbid, user_name: userName } = filter;
  if (objectType === CfgObjectType.person && typeof userName === 'string')
    return present(store.personNamed(userName));
  if (typeof dbid === 'number' && objectType !== CfgObjectType.personLastLogin) {
    return present(store.get(objectType, dbid));
  }
  return [...store.all(objectType)];
}

/** A search by the beginning of a name goes on where the page before ended. */
function inOrder(found: StoredObject[], { name_prefix, after_user_name }: Request['filter']): StoredObject[] {
  if (name_prefix === undefined && after_user_name === undefined) return found;
  const nameOf = (person: StoredObject) => String(person['userName'] ?? '');
  return found.toSorted((one, other) => compareUserNames(nameOf(one), nameOf(other)));
}

function present(object: StoredObject | undefined): StoredObject[] {
  return object === undefined ? [] : [object];
}

/** The DBID is always included. */
function onlyFields(object: StoredObject, fields: readonly string[]): StoredObject {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([name]) => name === 'DBID' || name === 'groupInfo' || fields.includes(name),
    ),
  );
}
