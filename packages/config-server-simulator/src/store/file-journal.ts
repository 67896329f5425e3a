/** The append-only file: what was acknowledged is on the disk, whatever kills the process. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Journal, JournalEntry } from './journal.ts';
import { encodeLine } from './journal-lines.ts';

/** Appends in batches: while one is being flushed to disk, the next one gathers. `goodBytes` cuts a broken end off. */
export async function openFileJournal(path: string, goodBytes: number): Promise<Journal> {
  const file = await open(path, 'a', 0o600);
  await file.truncate(goodBytes);
  return new FileJournal(file);
}

class FileJournal implements Journal {
  readonly isWritable = true;
  readonly #file: FileHandle;
  #gathering: { bytes: Buffer[]; done: PromiseWithResolvers<void> } | undefined;
  #flushing: Promise<void> | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  append(entries: JournalEntry[]): Promise<void> {
    this.#gathering ??= { bytes: [], done: Promise.withResolvers<void>() };
    this.#gathering.bytes.push(encodeLine(entries));
    const { promise } = this.#gathering.done;
    this.#flushing ??= this.#flush();
    return promise;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    // Everything that is appended in this turn of the event loop goes into one flush.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#gathering !== undefined) {
      const { bytes, done } = this.#gathering;
      this.#gathering = undefined;
      try {
        await this.#file.appendFile(Buffer.concat(bytes));
        await this.#file.datasync();
        done.resolve();
      } catch (error) {
        done.reject(error);
      }
    }
    this.#flushing = undefined;
  }
}
