/** Translates change events into changes of persons. */
import {
  CfgObjectType,
  cfgPersonSchema,
  type PersonChange,
  type PersonDelta,
} from '@gatehouse/people-directory';
import type { SparseWarning } from '../surroundings/log.ts';
import type { ConfMessage, MessageName } from '../wire/message.ts';

const changeEvents: ReadonlySet<MessageName> = new Set<MessageName>([
  'EventObjectCreated',
  'EventObjectUpdated',
  'EventObjectDeleted',
]);

/** Whether a message of this name may report a change of a person. */
export function isChangeEvent(name: MessageName): boolean {
  return changeEvents.has(name);
}

/** Undefined for other messages and other types. A person that cannot be read becomes `resync`, so that no change is lost. */
export function toPersonChange(message: ConfMessage, unreadable: SparseWarning): PersonChange | undefined {
  switch (message.name) {
    case 'EventObjectCreated': {
      const { objectType, dbid, object, historyId } = message.body;
      if (objectType !== CfgObjectType.person) return undefined;
      const parsed = cfgPersonSchema.safeParse(object);
      if (parsed.success) return { kind: 'created', dbid, person: parsed.data, historyId };
      unreadable.warn({ dbid, issue: parsed.error.issues[0]?.path });
      return { kind: 'resync' };
    }
    case 'EventObjectUpdated': {
      const { objectType, dbid, delta, historyId } = message.body;
      if (objectType !== CfgObjectType.person) return undefined;
      const change: PersonDelta = {
        set: delta.set as PersonDelta['set'],
        passwordChanged: delta.passwordChanged === true,
      };
      if (delta.added !== undefined) change.added = delta.added;
      if (delta.deleted !== undefined) change.deleted = delta.deleted;
      return { kind: 'updated', dbid, delta: change, historyId };
    }
    case 'EventObjectDeleted': {
      const { objectType, dbid, historyId } = message.body;
      return objectType === CfgObjectType.person ? { kind: 'deleted', dbid, historyId } : undefined;
    }
    default:
      return undefined;
  }
}
