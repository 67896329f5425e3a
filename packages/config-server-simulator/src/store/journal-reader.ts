/** Reads an estate's file from where it stopped last, also while another process writes it. */
import { open } from 'node:fs/promises';
import type { JournalEntry } from './journal.ts';
import { decodeLine } from './journal-lines.ts';

export class JournalReader {
  readonly #path: string;
  #goodBytes = 0;
  #line = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Everything up to here was readable. */
  get goodBytes(): number {
    return this.#goodBytes;
  }

  /**
   * The complete entries that are new. A last line that is cut is left for later: somebody is writing it, or was killed
   * over it. Errors: Error naming the line when the damage is not at the end.
   */
  async readNew(): Promise<JournalEntry[]> {
    const content = await this.#rest();
    const entries: JournalEntry[] = [];
    let damaged: number | undefined;
    let number = this.#line;
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
    }
    return entries;
  }

  async #rest(): Promise<Buffer> {
    const file = await open(this.#path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return Buffer.alloc(0);
    try {
      const { size } = await file.stat();
      const length = Math.max(0, size - this.#goodBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, this.#goodBytes);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}
