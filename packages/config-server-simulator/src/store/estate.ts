/** Where an estate lives, and whether this server may change it: in memory, or in a file that several servers share. */
import { randomUUID } from 'node:crypto';
import { ChangeLog } from './change-log.ts';
import { openFileJournal } from './file-journal.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import { foreignJournal, type Journal, type JournalEntry, noJournal } from './journal.ts';
import { JournalReader } from './journal-reader.ts';
import { ObjectStore } from './object-store.ts';

export interface Estate {
  readonly store: ObjectStore;
  /** Counts the servers that wrote it, one after the other. */
  readonly epoch: number;
  /** Nothing is in it yet: the seed is to be planted, then `planted` called. */
  readonly isNew: boolean;
  planted(): Promise<void>;
  /** Takes over what another server wrote meanwhile. */
  catchUp(): Promise<void>;
  /** True when this server is the one that writes from now on. */
  takeOver(): Promise<boolean>;
  /** Lets another server write. */
  release(): Promise<void>;
  close(): Promise<void>;
}

export function openMemoryEstate(epoch = 1): Estate {
  return {
    store: new ObjectStore(new ChangeLog(randomUUID()), noJournal),
    epoch,
    isNew: true,
    planted: async () => undefined,
    catchUp: async () => undefined,
    takeOver: async () => false,
    release: async () => undefined,
    close: async () => undefined,
  };
}

/**
 * The estate in the file, to write it or to follow the server that does. Errors: Error with a sentence when another
 * process writes it, when there is nothing to follow yet, or when it is damaged.
 */
export async function openEstateFile(
  path: string,
  options: { toWrite: boolean; holder: string },
): Promise<Estate> {
  if (options.toWrite) {
    const lock = await lockFile(path);
    if ('heldBy' in lock)
      throw new Error(`${path} is written by process ${lock.heldBy}: follow it as backup or proxy`);
    return openLocked(path, options.holder, lock);
  }
  const reader = new JournalReader(path);
  const entries = await reader.readNew();
  const id = plantedLogId(entries);
  if (id === undefined) throw new Error(`${path} holds no estate yet: start its primary first`);
  const store = new ObjectStore(new ChangeLog(id), foreignJournal);
  const estate = new EstateFile(path, options.holder, store, reader);
  estate.replay(entries);
  return estate;
}

async function openLocked(path: string, holder: string, lock: FileLock): Promise<Estate> {
  try {
    const reader = new JournalReader(path);
    const entries = await reader.readNew();
    const id = plantedLogId(entries);
    // A first start that was killed over its seed has left less than an estate: it begins again.
    const journal = await openFileJournal(path, id === undefined ? 0 : reader.goodBytes);
    const store = new ObjectStore(new ChangeLog(id ?? randomUUID()), journal);
    const estate = new EstateFile(path, holder, store, reader);
    if (id !== undefined) estate.replay(entries);
    await estate.become(journal, lock, id === undefined);
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

class EstateFile implements Estate {
  readonly store: ObjectStore;
  readonly #path: string;
  readonly #holder: string;
  #reader: JournalReader;
  #writing: { journal: Journal; lock: FileLock } | undefined;
  #epoch = 0;
  #isNew = false;

  constructor(path: string, holder: string, store: ObjectStore, reader: JournalReader) {
    this.#path = path;
    this.#holder = holder;
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
  async become(journal: Journal, lock: FileLock, isNew: boolean): Promise<void> {
    this.#writing = { journal, lock };
    this.#isNew = isNew;
    this.#epoch += 1;
    this.store.writeTo(journal);
    const epoch: JournalEntry = { kind: 'epoch', serverEpoch: this.#epoch, holder: this.#holder };
    await journal.append(isNew ? [{ kind: 'log', id: this.store.log.id }, epoch] : [epoch]);
  }

  async planted(): Promise<void> {
    await this.#writing?.journal.append([{ kind: 'planted' }]);
    this.#isNew = false;
  }

  async catchUp(): Promise<void> {
    if (this.#writing === undefined) this.replay(await this.#reader.readNew());
  }

  async takeOver(): Promise<boolean> {
    if (this.#writing !== undefined) return true;
    const lock = await lockFile(this.#path);
    if ('heldBy' in lock) return false;
    try {
      await this.catchUp();
      await this.become(await openFileJournal(this.#path, this.#reader.goodBytes), lock, false);
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
    await this.#reader.readNew();
    this.#writing = undefined;
    await writing.lock.release();
  }

  async close(): Promise<void> {
    await this.release();
  }
}
