/** An estate in as few journal entries as it needs: what there is, and the end of its history for clients that were away. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import type { JournalEntry } from './journal.ts';
import type { ObjectStore } from './object-store.ts';
import type { ObjectTables } from './object-tables.ts';

const changesTold = 10_000;

/** Taken at once, so that it is one moment of the estate; objects are replaced when they change, never altered. */
export function snapshotEntries({ tables, log, untold }: ObjectStore, epoch: JournalEntry): JournalEntry[] {
  const told = [...log.newest(changesTold), ...untold];
  return [
    { kind: 'log', id: log.id },
    epoch,
    {
      kind: 'numbers',
      // Ids may leave gaps: only what is directly before the first told change is known to be complete.
      toldAfter: (told[0]?.historyId ?? log.lastHistoryId + 1) - 1,
      highestDbids: [...tables.highestDbids],
    },
    ...keptObjects(tables),
    ...[...tables.logins].map(([dbid, atSeconds]) => ({ kind: 'login', dbid, atSeconds }) as const),
    ...told.map((change) => ({ kind: 'told', change }) as const),
    { kind: 'planted' },
  ];
}

/** How many entries that would be, without making them. */
export function snapshotSize({ tables, log }: ObjectStore): number {
  let size = tables.logins.size + Math.min(log.size, changesTold);
  for (const objects of tables.objects.values()) size += objects.size;
  return size;
}

function* keptObjects(tables: ObjectTables): Generator<JournalEntry> {
  for (const [objectType, objects] of tables.objects) {
    for (const [dbid, object] of objects) {
      const credential = objectType === CfgObjectType.person ? tables.credentialOf(dbid) : undefined;
      yield { kind: 'kept', objectType, dbid, object, credential };
    }
  }
}
