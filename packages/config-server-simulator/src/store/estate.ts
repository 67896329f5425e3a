/** Where an estate lives, and whether this server may change it: in memory, or in a file that several servers share. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '@gatehouse/config-server-client/log';
import { ChangeLog } from './change-log.ts';
import { openFileJournal } from './file-journal.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import { foreignJournal, type Journal, type JournalEntry, noJournal } from './journal.ts';
import { isTornStart } from './journal-lines.ts';
import { JournalReader } from './journal-reader.ts';
import { ObjectStore } from './object-store.ts';
import { snapshotEntries, snapshotSize } from './snapshot.ts';

export interface Estate {
  readonly store: ObjectStore;
  /** Counts the servers that wrote it, one after the other. */
  readonly epoch: number;
  /** Nothing is in it yet: the seed is to be planted, then `planted` called. */
  readonly isNew: boolean;
  planted(): Promise<void>;
  /** Takes over what another server wrote meanwhile. `missed`: there were more changes than the file still tells. */
  catchUp(): Promise<{ missed: boolean }>;
  /** True when this server is the one that writes from now on. */
  takeOver(): Promise<boolean>;
  /** Lets another server write. */
  release(): Promise<void>;
  close(): Promise<void>;
}

const defaultSpareEntries = 20_000;

export function openMemoryEstate(epoch = 1): Estate {
  return {
    store: new ObjectStore(new ChangeLog(randomUUID()), noJournal),
    epoch,
    isNew: true,
    planted: async () => undefined,
    catchUp: async () => ({ missed: false }),
    takeOver: async () => false,
    release: async () => undefined,
    close: async () => undefined,
  };
}

export interface EstateFileOptions {
  toWrite: boolean;
  /** Who writes, for the record. */
  holder: string;
  /** See FileJournalOptions. Default 20 000. */
  spareEntries?: number | undefined;
  log: Logger;
}

/**
 * The estate in the file, to write it or to follow the server that does. Errors: Error with a sentence when another
 * process writes it, when there is nothing to follow yet, or when it is damaged.
 */
export async function openEstateFile(path: string, options: EstateFileOptions): Promise<Estate> {
  if (options.toWrite) {
    const lock = await lockFile(path);
    if ('heldBy' in lock)
      throw new Error(`${path} is written by process ${lock.heldBy}: follow it as backup or proxy`);
    return openLocked(path, options, lock);
  }
  const reader = new JournalReader(path);
  const { entries } = await reader.readNew();
  const id = plantedLogId(entries);
  if (id === undefined) throw new Error(`${path} holds no estate yet: start its primary first`);
  const store = new ObjectStore(new ChangeLog(id), foreignJournal);
  const estate = new EstateFile(path, options, store, reader);
  estate.replay(entries);
  return estate;
}

async function openLocked(path: string, options: EstateFileOptions, lock: FileLock): Promise<Estate> {
  try {
    const reader = new JournalReader(path);
    const { entries, rest } = await reader.readNew();
    const id = plantedLogId(entries);
    if (id === undefined && !isUnfinished(entries, rest))
      throw new Error(`${path} is no estate file, or one of another version: it is left as it is`);
    const store = new ObjectStore(new ChangeLog(id ?? randomUUID()), foreignJournal);
    const estate = new EstateFile(path, options, store, reader);
    if (id !== undefined) estate.replay(entries);
    await estate.become(lock, id === undefined);
    return estate;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Undefined for a file that does not hold a whole estate. */
function plantedLogId(entries: JournalEntry[]): string | undefined {
  const [first] = entries;
  return first?.kind === 'log' && entries.some(({ kind }) => kind === 'planted') ? first.id : undefined;
}

/** Nothing, or the beginning of a seed: what a first start leaves that was killed. Anything else may be somebody's data. */
function isUnfinished([first]: JournalEntry[], rest: Buffer): boolean {
  return first === undefined ? isTornStart(rest) : first.kind === 'log';
}

class EstateFile implements Estate {
  readonly store: ObjectStore;
  readonly #path: string;
  readonly #options: EstateFileOptions;
  #reader: JournalReader;
  #writing: { journal: Journal; lock: FileLock } | undefined;
  #epoch = 0;
  #isNew = false;

  constructor(path: string, options: EstateFileOptions, store: ObjectStore, reader: JournalReader) {
    this.#path = path;
    this.#options = options;
    this.store = store;
    this.#reader = reader;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get isNew(): boolean {
    return this.#isNew;
  }

  replay(entries: JournalEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'epoch') this.#epoch = entry.serverEpoch;
      this.store.replay(entry);
    }
  }

  /** Starts writing; a server that writes after another one raises the epoch. */
  async become(lock: FileLock, isNew: boolean): Promise<void> {
    const { store } = this;
    this.#isNew = isNew;
    const serverEpoch = this.#epoch + 1;
    const epoch: JournalEntry = {
      kind: 'epoch',
      serverEpoch,
      holder: this.#options.holder,
    };
    // A first start that was killed over its seed has left less than an estate: it begins again.
    const { goodBytes, entries } = isNew ? { goodBytes: 0, entries: 0 } : this.#reader;
    const journal = await openFileJournal(this.#path, {
      goodBytes,
      entries,
      spareEntries: this.#options.spareEntries ?? defaultSpareEntries,
      snapshot: () => snapshotEntries(store, epoch),
      // A seed is not written anew before it is complete.
      snapshotSize: () => (this.#isNew ? Number.POSITIVE_INFINITY : snapshotSize(store)),
      log: this.#options.log,
    });
    try {
      await journal.append(isNew ? [{ kind: 'log', id: store.log.id }, epoch] : [epoch]);
    } catch (error) {
      await journal.close();
      throw error;
    }
    this.#epoch = serverEpoch;
    this.#writing = { journal, lock };
    store.writeTo(journal);
  }

  async planted(): Promise<void> {
    await this.#writing?.journal.append([{ kind: 'planted' }]);
    this.#isNew = false;
  }

  async catchUp(): Promise<{ missed: boolean }> {
    if (this.#writing !== undefined) return { missed: false };
    const { entries, startsAnew } = await this.#reader.readNew();
    if (startsAnew) this.store.forgetObjects();
    const missed = entries.some(
      (entry) => entry.kind === 'numbers' && this.store.log.lastHistoryId < entry.toldAfter,
    );
    this.replay(entries);
    return { missed };
  }

  async takeOver(): Promise<boolean> {
    if (this.#writing !== undefined) return true;
    const lock = await lockFile(this.#path);
    if ('heldBy' in lock) return false;
    try {
      await this.catchUp();
      await this.become(lock, false);
      return true;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    const writing = this.#writing;
    if (writing === undefined) return;
    this.store.writeTo(foreignJournal);
    await writing.journal.close();
    // What this server wrote itself is known to it: it reads on behind its own last entry. Until then it counts as
    // writing, so that nobody reads its own entries a second time.
    this.#reader = new JournalReader(this.#path);
    const { entries } = await this.#reader.readNew();
    if (writing.journal.isBroken) {
      // What could not be written is nobody else's estate.
      this.store.forgetObjects();
      this.replay(entries);
    }
    this.#writing = undefined;
    await writing.lock.release();
  }

  async close(): Promise<void> {
    await this.release();
  }
}
