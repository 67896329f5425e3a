/** RequestReadObjects: pages of what matches the filter, then the end of the list. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire/message';
import { compileFilter } from '../../store/filters.ts';
import type { ObjectStore } from '../../store/object-store.ts';
import type { StoredObject } from '../../store/stored-object.ts';
import type { ClientSession } from '../client-session.ts';
import type { ServerContext } from '../server-context.ts';
import { sendPages } from './pages.ts';

type Request = MessageBody<'RequestReadObjects'>;

/** Zero objects means not found. Errors: InvalidFilter, Unsupported type. */
export async function readObjects(
  request: Request,
  answer: (event: ConfMessage) => void,
  session: ClientSession,
  { store, limits }: ServerContext,
): Promise<void> {
  const { objectType, filter, fields, maxObjects } = request;
  const matches = compileFilter(objectType, filter, (type) => store.all(type));
  const historyId = store.log.lastHistoryId;
  const found = candidates(request, store).filter(matches);
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

/** Uses the two indexes when the filter allows, so that a login never walks over all persons. */
function candidates({ objectType, filter }: Request, store: ObjectStore): StoredObject[] {
  const { dbid, user_name: userName } = filter;
  if (objectType === CfgObjectType.person && typeof userName === 'string')
    return present(store.personNamed(userName));
  if (typeof dbid === 'number' && objectType !== CfgObjectType.personLastLogin) {
    return present(store.get(objectType, dbid));
  }
  return [...store.all(objectType)];
}

function present(object: StoredObject | undefined): StoredObject[] {
  return object === undefined ? [] : [object];
}

/** DBID always comes along. */
function onlyFields(object: StoredObject, fields: readonly string[]): StoredObject {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([name]) => name === 'DBID' || name === 'groupInfo' || fields.includes(name),
    ),
  );
}
