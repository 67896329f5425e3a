/** The append-only file: what was acknowledged is on the disk, whatever kills the process. */
import { type FileHandle, open } from 'node:fs/promises';
import { systemClock } from '@gatehouse/config-server-client/clock';
import type { Logger } from '@gatehouse/config-server-client/log';
import type { Journal, JournalEntry } from './journal.ts';
import { encodeLine } from './journal-lines.ts';
import { replaceFile } from './replace-file.ts';

export interface FileJournalOptions {
  /** Cuts a broken end off. */
  goodBytes: number;
  /** How many entries the file holds. */
  entries: number;
  /** Entries that may be in the file beyond twice what its content needs; above, it is written anew. */
  spareEntries: number;
  /** The content in as few entries as it needs. Called in a moment in which everything acknowledged is told. */
  snapshot(): JournalEntry[];
  snapshotSize(): number;
  log: Logger;
}

interface Batch {
  bytes: Buffer[];
  entries: number;
  done: PromiseWithResolvers<void>;
}

/** Appends in batches: while one is being flushed to disk, the next one gathers. */
export async function openFileJournal(path: string, options: FileJournalOptions): Promise<Journal> {
  const file = await open(path, 'a', 0o600);
  await file.truncate(options.goodBytes);
  return new FileJournal(path, file, options);
}

/** Writing everything anew costs too much to be tried at every change of a server whose disk is full. */
const repairIntervalMs = 1_000;

class FileJournal implements Journal {
  readonly isWritable = true;
  readonly #path: string;
  readonly #options: FileJournalOptions;
  #file: FileHandle;
  #entries: number;
  #spareEntries: number;
  #gathering: Batch | undefined;
  #flushing: Promise<void> | undefined;
  /** Why the end of the file may be torn: nothing may follow it, only a file written anew. */
  #brokenBy: unknown;
  #repairTriedAtMs = Number.NEGATIVE_INFINITY;

  constructor(path: string, file: FileHandle, options: FileJournalOptions) {
    this.#path = path;
    this.#file = file;
    this.#options = options;
    this.#entries = options.entries;
    this.#spareEntries = options.spareEntries;
  }

  append(entries: JournalEntry[]): Promise<void> {
    this.#gathering ??= { bytes: [], entries: 0, done: Promise.withResolvers<void>() };
    this.#gathering.bytes.push(encodeLine(entries));
    this.#gathering.entries += entries.length;
    const { promise } = this.#gathering.done;
    this.#flushing ??= this.#flush();
    return promise;
  }

  get isBroken(): boolean {
    return this.#brokenBy !== undefined;
  }

  async repair(): Promise<void> {
    this.#flushing ??= this.#flush();
    await this.#flushing;
    if (this.isBroken) throw this.#brokenBy;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    // Everything that is appended in this turn of the event loop goes into one flush.
    await nextTurn();
    if (this.#isRepairDue()) await this.#compact();
    for (let batch = this.#takeBatch(); batch !== undefined; batch = this.#takeBatch()) {
      await this.#write(batch);
      if (this.#isWasteful) await this.#compact();
    }
    this.#flushing = undefined;
  }

  #takeBatch(): Batch | undefined {
    const batch = this.#gathering;
    this.#gathering = undefined;
    return batch;
  }

  async #write({ bytes, entries, done }: Batch): Promise<void> {
    try {
      if (this.isBroken) throw this.#brokenBy;
      await this.#file.appendFile(Buffer.concat(bytes));
      await this.#file.datasync();
      this.#entries += entries;
      done.resolve();
    } catch (error) {
      if (!this.isBroken) this.#break(error);
      done.reject(error);
    }
  }

  #break(error: unknown): void {
    const { log } = this.#options;
    this.#brokenBy = error;
    log.error(
      { file: this.#path, error },
      'the estate file cannot be written: logins go on, changes are refused',
    );
  }

  #isRepairDue(): boolean {
    const nowMs = systemClock.monotonicMs();
    if (!this.isBroken || nowMs - this.#repairTriedAtMs < repairIntervalMs) return false;
    this.#repairTriedAtMs = nowMs;
    return true;
  }

  get #isWasteful(): boolean {
    if (this.isBroken || this.#entries <= this.#spareEntries) return false;
    return this.#entries > 2 * this.#options.snapshotSize() + this.#spareEntries;
  }

  /** What gathers at that moment is part of the snapshot already, and follows it: whole or not at all. */
  async #compact(): Promise<void> {
    const { log, snapshot } = this.#options;
    // Those whose change is on the disk now tell it first: a change is in the history of the new file, or behind it.
    await nextTurn();
    const entries = snapshot();
    const batch = this.#takeBatch();
    try {
      const file = await replaceFile(this.#path, linesOf(entries, batch));
      await this.#file.close();
      this.#file = file;
      log.info(
        { file: this.#path, before: this.#entries, after: entries.length },
        'estate file written anew',
      );
      this.#entries = entries.length + (batch?.entries ?? 0);
      this.#brokenBy = undefined;
      batch?.done.resolve();
    } catch (error) {
      if (!this.isBroken) this.#goOn(error);
      if (batch !== undefined) await this.#write(batch);
    }
  }

  #goOn(error: unknown): void {
    const { log } = this.#options;
    log.error({ file: this.#path, error }, 'the estate file could not be written anew, it goes on as it is');
    // A full disk, perhaps: not again at every change.
    this.#spareEntries += this.#entries;
  }
}

/** In pieces that are made when they are written: a big estate must not hold up everything else. */
function* linesOf(entries: readonly JournalEntry[], batch: Batch | undefined): Generator<Buffer> {
  const atOnce = 200;
  for (let start = 0; start < entries.length; start += atOnce) {
    yield Buffer.concat(entries.slice(start, start + atOnce).map((entry) => encodeLine([entry])));
  }
  if (batch !== undefined) yield Buffer.concat(batch.bytes);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
