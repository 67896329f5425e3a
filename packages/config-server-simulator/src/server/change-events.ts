/** Changes in the forms that travel. */
import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire/message';
import type { Change } from '../store/change-log.ts';

/** The unsolicited event. */
export function changeEvent(change: Change): ConfMessage {
  const { objectType, dbid, historyId } = change;
  switch (change.kind) {
    case 'created':
      return { name: 'EventObjectCreated', body: { objectType, dbid, object: change.object, historyId } };
    case 'updated':
      return { name: 'EventObjectUpdated', body: { objectType, dbid, delta: change.delta, historyId } };
    case 'deleted':
      return { name: 'EventObjectDeleted', body: { objectType, dbid, historyId } };
  }
}

/** The same as an entry of a history page. */
export function historyEntry(change: Change): MessageBody<'EventHistoryLog'>['changes'][number] {
  const { objectType, dbid, historyId } = change;
  switch (change.kind) {
    case 'created':
      return { kind: 'created', objectType, dbid, object: change.object, historyId };
    case 'updated':
      return { kind: 'updated', objectType, dbid, delta: change.delta, historyId };
    case 'deleted':
      return { kind: 'deleted', objectType, dbid, historyId };
  }
}
