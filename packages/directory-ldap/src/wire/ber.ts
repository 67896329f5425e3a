/**
 * Reads BER (ITU-T X.690) as RFC 4511 section 5.1 restricts it. Every element lies wholly inside the one around it, so no
 * length that a server invents leads to bytes that it did not send, or to a loop that does not end.
 */

/** The received bytes do not follow RFC 4511. The message holds no value of the directory. */
export class WireProblem extends Error {
  override readonly name = 'WireProblem';
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Reads the elements of one constructed element, in their order. */
export class Elements {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** Tag of the next element; undefined at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#offset];
  }

  /** Content of the next element, which must have this tag. */
  take(tag: number): Buffer {
    if (this.tag !== tag) throw new WireProblem(`an element has the tag ${this.tag}, not ${tag}`);
    const header = readHeader(this.#bytes, this.#offset);
    if (header === undefined || header.end > this.#bytes.length)
      throw new WireProblem('an element is longer than the one around it');
    this.#offset = header.end;
    return this.#bytes.subarray(header.start, header.end);
  }

  optional(tag: number): Buffer | undefined {
    return this.tag === tag ? this.take(tag) : undefined;
  }

  inside(tag: number): Elements {
    return new Elements(this.take(tag));
  }

  integer(tag: number): number {
    return integerOf(this.take(tag));
  }

  text(tag: number = tags.octetString): string {
    return this.take(tag).toString('utf8');
  }
}

/** RFC 4511 needs no number beyond 31 bits. */
export function integerOf(content: Buffer): number {
  if (content.length < 1 || content.length > 4) throw new WireProblem('a number has a bad length');
  return content.readIntBE(0, content.length);
}

/** Where the content of the element at `offset` starts and ends; undefined while bytes of the header are missing. */
export function readHeader(bytes: Buffer, offset: number): { start: number; end: number } | undefined {
  const first = bytes[offset + 1];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: offset + 2, end: offset + 2 + first };
  const count = first & 0x7f;
  // RFC 4511 section 5.1: only the definite form. No message here needs more than four bytes of length.
  if (count < 1 || count > 4) throw new WireProblem('a length has a form that LDAP does not use');
  if (bytes.length < offset + 2 + count) return undefined;
  const start = offset + 2 + count;
  return { start, end: start + bytes.readUIntBE(offset + 2, count) };
}
