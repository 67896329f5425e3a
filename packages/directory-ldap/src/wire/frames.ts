/** Cuts a stream of bytes into LDAP messages, and drops or refuses one that is too long before it was received. */
import { readHeader, tags, WireProblem } from './ber.ts';

/** An entry holds what we ask for: names, and the account's state. A photo of a megabyte was not asked for. */
export const maxMessageBytes = 1_048_576;

/** Longer ones are not waited for: meanwhile no other call on the connection gets an answer. */
export const maxDroppedMessageBytes = 16 * 1_048_576;

const longestHeader = 6;
/** The header and the message id. */
const headLength = longestHeader + 6;

/** `head` has the message id; `length` is that of the whole message, which is dropped as it comes. */
export type OnLongMessage = (head: Buffer, length: number) => void;

export class FrameReader {
  readonly #onLongMessage: OnLongMessage | undefined;
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 2;
  /** Bytes of a long message that are still to come. */
  #toDrop = 0;

  /** Without `onLongMessage` a long message is a problem of the stream. */
  constructor(onLongMessage?: OnLongMessage) {
    this.#onLongMessage = onLongMessage;
  }

  /** The messages that are complete with this chunk. @throws WireProblem */
  *read(chunk: Buffer): Generator<Buffer> {
    const wanted = chunk.subarray(this.#toDrop);
    this.#toDrop -= chunk.length - wanted.length;
    this.#chunks.push(wanted);
    this.#size += wanted.length;
    const limit = this.#onLongMessage === undefined ? maxMessageBytes : maxDroppedMessageBytes;
    // Joined only when all of a message is there: joining at every chunk costs the square of its length.
    while (this.#size >= this.#needed) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      const end = messageEnd(bytes, limit);
      if (end !== undefined && end > maxMessageBytes && this.#onLongMessage !== undefined) {
        this.#dropLong(bytes, end, this.#onLongMessage);
        continue;
      }
      if (end === undefined || end > bytes.length) {
        this.#chunks = [bytes];
        this.#needed = end ?? Math.min(bytes.length + 1, longestHeader);
        continue;
      }
      this.#goOnAfter(bytes, end);
      yield bytes.subarray(0, end);
    }
  }

  #dropLong(bytes: Buffer, end: number, onLongMessage: OnLongMessage): void {
    if (bytes.length < headLength) {
      this.#chunks = [bytes];
      this.#needed = headLength;
      return;
    }
    this.#toDrop = Math.max(0, end - bytes.length);
    this.#goOnAfter(bytes, end);
    onLongMessage(bytes.subarray(0, headLength), end);
  }

  #goOnAfter(bytes: Buffer, end: number): void {
    const rest = bytes.subarray(end);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    this.#needed = 2;
  }

  /** Bytes of a message that is not complete. */
  get waitingBytes(): number {
    return this.#size;
  }
}

function messageEnd(bytes: Buffer, limit: number): number | undefined {
  if (bytes[0] !== tags.sequence) throw new WireProblem('the bytes are no LDAP message');
  const header = readHeader(bytes, 0);
  if (header !== undefined && header.end > limit)
    throw new WireProblem(`a message is longer than ${limit} bytes`);
  return header?.end;
}
