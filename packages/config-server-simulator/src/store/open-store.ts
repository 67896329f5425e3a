/** A store with what it held before: from its file, or newly planted. */
import { randomUUID } from 'node:crypto';
import { ChangeLog } from './change-log.ts';
import { openFileJournal, recoverJournal } from './file-journal.ts';
import { type Journal, noJournal } from './journal.ts';
import { ObjectStore } from './object-store.ts';

export interface OpenedStore {
  store: ObjectStore;
  journal: Journal;
  /** Nothing was there before: the seed is to be planted. */
  isNew: boolean;
}

/** Without a path everything lives in memory. Errors: Error for a damaged file, file system errors. */
export async function openStore(path: string | undefined): Promise<OpenedStore> {
  if (path === undefined) {
    return {
      store: new ObjectStore(new ChangeLog(randomUUID()), noJournal),
      journal: noJournal,
      isNew: true,
    };
  }
  const entries = (await recoverJournal(path)) ?? [];
  const first = entries[0];
  // A start that was killed while it planted the seed has left less than an estate: it is done again.
  const isPlanted = entries.some(({ kind }) => kind === 'planted');
  const journal = await openFileJournal(path);
  if (!isPlanted || first?.kind !== 'log') {
    await journal.restart();
    const log = new ChangeLog(randomUUID());
    await journal.append([{ kind: 'log', id: log.id }]);
    return { store: new ObjectStore(log, journal), journal, isNew: true };
  }
  const store = new ObjectStore(new ChangeLog(first.id), journal);
  for (const entry of entries) store.replay(entry);
  return { store, journal, isNew: false };
}
