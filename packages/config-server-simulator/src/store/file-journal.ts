/** The append-only file: what was acknowledged is on the disk, whatever kills the process. */
import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import type { Journal, JournalEntry } from './journal.ts';
import { decodeLine, encodeLine } from './journal-lines.ts';

/**
 * Everything readable, in order; a last line that a killed process left half-written is cut off.
 * Undefined when there is no file. Errors: Error naming the line when the damage is not at the end.
 */
export async function recoverJournal(path: string): Promise<JournalEntry[] | undefined> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (content === undefined) return undefined;
  const { entries, goodBytes } = readLines(content, path);
  if (goodBytes < content.length) await truncate(path, goodBytes);
  return entries;
}

/** Appends in batches: while one is being flushed to disk, the next one gathers. */
export async function openFileJournal(path: string): Promise<Journal> {
  const file = await open(path, 'a', 0o600);
  return new FileJournal(file);
}

class FileJournal implements Journal {
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

  async restart(): Promise<void> {
    await this.#flushing;
    await this.#file.truncate(0);
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

function readLines(content: Buffer, path: string): { entries: JournalEntry[]; goodBytes: number } {
  const entries: JournalEntry[] = [];
  let goodBytes = 0;
  let damagedLine: number | undefined;
  for (let offset = 0, number = 1; offset < content.length; number += 1) {
    const end = content.indexOf(0x0a, offset);
    const line = end === -1 ? undefined : decodeLine(content.subarray(offset, end));
    if (line === undefined) {
      damagedLine ??= number;
    } else if (damagedLine !== undefined) {
      throw new Error(
        `${path} is damaged at line ${damagedLine}, and readable again after it: restore a copy`,
      );
    } else {
      for (const entry of line) entries.push(entry);
      goodBytes = end + 1;
    }
    offset = end === -1 ? content.length : end + 1;
  }
  return { entries, goodBytes };
}
