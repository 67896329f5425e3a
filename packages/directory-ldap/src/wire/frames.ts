/** Cuts a stream of bytes into LDAP messages and refuses one that is too long before it was received. */
import { readHeader, tags, WireProblem } from './ber.ts';

/** An entry holds what we ask for: names, and the account's state. A photo of a megabyte was not asked for. */
export const maxMessageBytes = 1_048_576;

const longestHeader = 6;

export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 2;

  /** The messages that are complete with this chunk. @throws WireProblem */
  *read(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // Joined only when all of a message is there: joining at every chunk costs the square of its length.
    while (this.#size >= this.#needed) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      const end = messageEnd(bytes);
      if (end === undefined || end > bytes.length) {
        this.#chunks = [bytes];
        this.#needed = end ?? Math.min(bytes.length + 1, longestHeader);
        continue;
      }
      const rest = bytes.subarray(end);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#size = rest.length;
      this.#needed = 2;
      yield bytes.subarray(0, end);
    }
  }

  /** Bytes of a message that is not complete. */
  get waitingBytes(): number {
    return this.#size;
  }
}

function messageEnd(bytes: Buffer): number | undefined {
  if (bytes[0] !== tags.sequence) throw new WireProblem('the bytes are no LDAP message');
  const header = readHeader(bytes, 0);
  if (header !== undefined && header.end > maxMessageBytes)
    throw new WireProblem(`a message is longer than ${maxMessageBytes} bytes`);
  return header?.end;
}
