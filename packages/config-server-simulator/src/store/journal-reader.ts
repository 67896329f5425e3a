/** Reads an estate's file from where it stopped last, also while another process writes it. */
import { open } from 'node:fs/promises';
import type { JournalEntry } from './journal.ts';
import { decodeLine } from './journal-lines.ts';

export interface NewEntries {
  entries: JournalEntry[];
  /** What follows them and cannot be read, yet or at all. */
  rest: Buffer;
  /** The file was written anew since the last reading: these entries are all there is. */
  startsAnew: boolean;
}

export class JournalReader {
  readonly #path: string;
  #fileId: string | undefined;
  #goodBytes = 0;
  #line = 0;
  #entries = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Everything up to here was readable. */
  get goodBytes(): number {
    return this.#goodBytes;
  }

  /** Entries in the file up to there. */
  get entries(): number {
    return this.#entries;
  }

  /**
   * The complete entries that are new. A last line that is cut is left for later: somebody is writing it, or was killed
   * over it. Errors: Error naming the line when the damage is not at the end.
   */
  async readNew(): Promise<NewEntries> {
    const { content, startsAnew } = await this.#rest();
    const entries: JournalEntry[] = [];
    let damaged: number | undefined;
    let number = this.#line;
    let goodEnd = 0;
    for (let start = 0, end = 0; start < content.length; start = end + 1) {
      end = content.indexOf(0x0a, start);
      number += 1;
      const line = end === -1 ? undefined : decodeLine(content.subarray(start, end));
      if (end === -1) end = content.length;
      if (line === undefined) {
        damaged ??= number;
        continue;
      }
      if (damaged !== undefined) {
        throw new Error(
          `${this.#path} is damaged at line ${damaged}, and readable again after it: restore a copy`,
        );
      }
      for (const entry of line) entries.push(entry);
      this.#line = number;
      this.#goodBytes += end + 1 - start;
      goodEnd = end + 1;
    }
    this.#entries += entries.length;
    return { entries, rest: content.subarray(goodEnd), startsAnew };
  }

  async #rest(): Promise<{ content: Buffer; startsAnew: boolean }> {
    const file = await open(this.#path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return { content: Buffer.alloc(0), startsAnew: false };
    try {
      const { size, ino, birthtimeMs } = await file.stat();
      const startsAnew = this.#meet(`${ino}/${birthtimeMs}`);
      const length = Math.max(0, size - this.#goodBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, this.#goodBytes);
      return { content: buffer.subarray(0, bytesRead), startsAnew };
    } finally {
      await file.close();
    }
  }

  /** Whether another file is under the path than before. */
  #meet(fileId: string): boolean {
    const startsAnew = this.#fileId !== undefined && this.#fileId !== fileId;
    this.#fileId = fileId;
    if (startsAnew) {
      this.#goodBytes = 0;
      this.#line = 0;
      this.#entries = 0;
    }
    return startsAnew;
  }
}
