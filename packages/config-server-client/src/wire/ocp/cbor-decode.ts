/**
 * Decodes CBOR bodies (RFC 8949) and refuses all that is not in the restricted form of docs/protocol.md, "Bodies".
 *
 * Optimisation: with the library cborg in its place, a login over the link takes 20 µs of CPU time instead of 16
 * (docs/contributing/decisions/own-cbor.md). The library decodes fractions, which are rare.
 */
import { decode } from 'cborg';

export interface BodyLimits {
  maxDepth: number;
  maxItems: number;
}

/** The value and the number of its items, or what is wrong with the bytes: a text that quotes nothing of them. */
export type DecodedBody = { value: unknown; items: number } | { problem: string };

class BodyRefused extends Error {}

/** Allocates nothing for a declared length alone. Never throws. */
export function decodeCbor(bytes: Uint8Array, limits: BodyLimits): DecodedBody {
  try {
    return new BodyReader(bytes, limits).body();
  } catch (error) {
    if (error instanceof BodyRefused) return { problem: error.message };
    throw error;
  }
}

/** One slot for each hash: the keys of a stranger cannot make it grow. */
const knownKeys: (string | undefined)[] = new Array(1_024).fill(undefined);
const maxKnownKey = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class BodyReader {
  readonly #bytes: Buffer;
  readonly #limits: BodyLimits;
  #items = 0;
  #at = 0;

  constructor(bytes: Uint8Array, limits: BodyLimits) {
    const { buffer, byteOffset, byteLength } = bytes;
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(buffer, byteOffset, byteLength);
    this.#limits = limits;
  }

  body(): { value: unknown; items: number } {
    const value = this.#value(0);
    if (this.#at < this.#bytes.length) throw new BodyRefused('bytes behind the end of the body');
    return { value, items: this.#items };
  }

  #value(depth: number): unknown {
    const initial = this.#initialByte();
    const argument = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return this.#integer(argument);
      case 1:
        return -1 - this.#integer(argument, Number.MAX_SAFE_INTEGER - 1);
      case 2:
        // A copy: the next chunk overwrites the bytes of this frame.
        return new Uint8Array(this.#bytes.subarray(this.#take(this.#integer(argument)), this.#at));
      case 3:
        return this.#text(this.#integer(argument));
      case 4:
        return this.#array(argument, depth + 1);
      case 5:
        return this.#map(argument, depth + 1);
      case 6:
        throw new BodyRefused('a tag');
      default:
        return this.#simpleOrFloat(argument);
    }
  }

  #initialByte(): number {
    if (this.#items === this.#limits.maxItems) throw new BodyRefused('too many items');
    this.#items += 1;
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new BodyRefused('the body ends too early');
    this.#at += 1;
    return byte;
  }

  #integer(argument: number, max = Number.MAX_SAFE_INTEGER): number {
    if (argument < 24) return argument;
    if (argument > 27) throw new BodyRefused('an indefinite length or reserved form');
    const start = this.#take(1 << (argument - 24));
    const value = unsigned(this.#bytes, start, argument);
    if (value > max) throw new BodyRefused('an integer beyond 2^53 - 1');
    if (value < (argument === 24 ? 24 : 2 ** (4 << (argument - 24))))
      throw new BodyRefused('a number that is not in its shortest form');
    return value;
  }

  #text(length: number): string {
    const start = this.#take(length);
    let ascii = start;
    while (ascii < this.#at && (this.#bytes[ascii] as number) < 0x80) ascii += 1;
    if (ascii === this.#at) return this.#bytes.toString('latin1', start, this.#at);
    try {
      return utf8.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      throw new BodyRefused('text that is not UTF-8');
    }
  }

  #array(argument: number, depth: number): unknown[] {
    const length = this.#openContainer(argument, 1, depth);
    const array: unknown[] = [];
    for (let index = 0; index < length; index += 1) array.push(this.#value(depth));
    return array;
  }

  #map(argument: number, depth: number): Record<string, unknown> {
    const length = this.#openContainer(argument, 2, depth);
    const map: Record<string, unknown> = {};
    for (let index = 0; index < length; index += 1) {
      const initial = this.#initialByte();
      if (initial >> 5 !== 3) throw new BodyRefused('a map key that is not text');
      const key = this.#key(this.#integer(initial & 0x1f));
      if (Object.hasOwn(map, key)) throw new BodyRefused('a key twice');
      map[key] = this.#value(depth);
    }
    return map;
  }

  /** Takes the string of an earlier body where the bytes are the same, which spares decoding and hashing it. */
  #key(length: number): string {
    const start = this.#at;
    const slot = length > maxKnownKey ? -1 : slotOf(this.#bytes, start, length);
    const known = knownKeys[slot];
    if (known !== undefined && isTextAt(this.#bytes, start, length, known)) {
      this.#at += length;
      return known;
    }
    const key = this.#text(length);
    // An assignment would set the prototype.
    if (key === '__proto__') throw new BodyRefused('the key __proto__');
    // Only ASCII has as many characters as bytes.
    if (slot >= 0 && key.length === length) knownKeys[slot] = key;
    return key;
  }

  /** Every value takes a byte at least: a count that cannot fit is refused before it is believed. */
  #openContainer(argument: number, valuesPerEntry: number, depth: number): number {
    const { maxDepth } = this.#limits;
    if (depth > maxDepth) throw new BodyRefused(`nested deeper than ${maxDepth}`);
    const entries = this.#integer(argument);
    if (entries * valuesPerEntry > this.#bytes.length - this.#at)
      throw new BodyRefused('a container longer than the body');
    return entries;
  }

  #simpleOrFloat(argument: number): unknown {
    if (argument === 20 || argument === 21) return argument === 21;
    if (argument === 22) return null;
    if (argument > 27) throw new BodyRefused('an indefinite length or reserved form');
    if (argument < 25) throw new BodyRefused('a simple value');
    // Any width is taken: libraries disagree which fractions fit the shorter ones.
    const start = this.#take(1 << (argument - 24));
    const value: unknown = decode(this.#bytes.subarray(start - 1, this.#at));
    if (!Number.isFinite(value)) throw new BodyRefused('NaN or infinity');
    return value;
  }

  /** Where the next `length` bytes begin. */
  #take(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new BodyRefused('an item longer than the body');
    this.#at = start + length;
    return start;
  }
}

/** `form` says the width: 24 to 27 for 1, 2, 4 and 8 bytes. */
function unsigned(bytes: Buffer, start: number, form: number): number {
  if (form === 24) return bytes[start] as number;
  if (form === 25) return bytes.readUInt16BE(start);
  if (form === 26) return bytes.readUInt32BE(start);
  return bytes.readUInt32BE(start) * 0x1_0000_0000 + bytes.readUInt32BE(start + 4);
}

/** FNV-1a. */
function slotOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < start + length; index += 1)
    hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  return (hash >>> 16) % knownKeys.length;
}

function isTextAt(bytes: Uint8Array, start: number, length: number, text: string): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1)
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  return true;
}
