/**
 * Reads a CBOR body (RFC 8949) in the restricted form of the open protocol (docs/protocol.md, "Bodies"): checked and
 * decoded in one pass, because this runs for every message. Nothing is allocated by a declared length alone, and the
 * recursion is as deep as the limit allows at most.
 */
import { halfValue } from './half-float.ts';
import { KeyCache } from './key-cache.ts';

export interface BodyLimits {
  maxDepth: number;
  maxItems: number;
}

/** What is wrong with a body; the message holds nothing of its content. */
export class BodyRefused extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const keys = new KeyCache();

/** Errors: BodyRefused. */
export function readCbor(bytes: Uint8Array, limits: BodyLimits): unknown {
  const reader = new CborReader(bytes, limits);
  const value = reader.read(0);
  reader.end();
  return value;
}

class CborReader {
  readonly #bytes: Buffer;
  readonly #maxDepth: number;
  #itemsLeft: number;
  #at = 0;

  constructor(bytes: Uint8Array, { maxDepth, maxItems }: BodyLimits) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#maxDepth = maxDepth;
    this.#itemsLeft = maxItems;
  }

  read(depth: number): unknown {
    const initial = this.#next();
    const argument = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return this.#integer(argument);
      case 1:
        return -1 - this.#integer(argument, Number.MAX_SAFE_INTEGER - 1);
      case 2:
        return this.#byteString(argument);
      case 3:
        return this.#text(argument);
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

  end(): void {
    if (this.#at < this.#bytes.length) throw new BodyRefused('bytes behind the end of the body');
  }

  /** The first byte of an item. */
  #next(): number {
    if (this.#itemsLeft === 0) throw new BodyRefused('too many items');
    this.#itemsLeft -= 1;
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new BodyRefused('the body ends too early');
    this.#at += 1;
    return byte;
  }

  #integer(argument: number, highest = Number.MAX_SAFE_INTEGER): number {
    if (argument < 24) return argument;
    if (argument > 27) throw new BodyRefused('an indefinite length or reserved form');
    const start = this.#take(1 << (argument - 24));
    const value = readUnsigned(this.#bytes, start, argument);
    if (value > highest) throw new BodyRefused('an integer beyond 2^53 - 1');
    if (value < lowestOf(argument)) throw new BodyRefused('a number that is not in its shortest form');
    return value;
  }

  #byteString(argument: number): Uint8Array {
    const length = this.#integer(argument);
    const start = this.#take(length);
    // A copy: the bytes of a frame are gone when the next chunk comes.
    return new Uint8Array(this.#bytes.subarray(start, start + length));
  }

  #text(argument: number): string {
    const length = this.#integer(argument);
    const start = this.#take(length);
    return this.#decodeText(start, start + length);
  }

  #decodeText(start: number, end: number): string {
    const bytes = this.#bytes;
    let at = start;
    while (at < end && (bytes[at] as number) < 0x80) at += 1;
    if (at === end) return bytes.toString('latin1', start, end);
    try {
      return utf8.decode(bytes.subarray(start, end));
    } catch {
      throw new BodyRefused('text that is not UTF-8');
    }
  }

  #array(argument: number, depth: number): unknown[] {
    const length = this.#openContainer(argument, 1, depth);
    const array: unknown[] = [];
    for (let index = 0; index < length; index += 1) array.push(this.read(depth));
    return array;
  }

  #map(argument: number, depth: number): Record<string, unknown> {
    const length = this.#openContainer(argument, 2, depth);
    const map: Record<string, unknown> = {};
    for (let index = 0; index < length; index += 1) {
      const key = this.#key();
      if (Object.hasOwn(map, key)) throw new BodyRefused('a key twice');
      map[key] = this.read(depth);
    }
    return map;
  }

  #key(): string {
    const initial = this.#next();
    if (initial >> 5 !== 3) throw new BodyRefused('a map key that is not text');
    const length = this.#integer(initial & 0x1f);
    const start = this.#take(length);
    const known = keys.find(this.#bytes, start, length);
    if (known !== undefined) return known;
    const key = this.#decodeText(start, start + length);
    // It would set the prototype instead of a member.
    if (key === '__proto__') throw new BodyRefused('the key __proto__');
    keys.keep(this.#bytes, start, length, key);
    return key;
  }

  /** Every value takes a byte at least: a count that cannot fit is refused before it is believed. */
  #openContainer(argument: number, valuesPerEntry: number, depth: number): number {
    if (depth > this.#maxDepth) throw new BodyRefused(`nested deeper than ${this.#maxDepth}`);
    const entries = this.#integer(argument);
    if (entries * valuesPerEntry > this.#bytes.length - this.#at)
      throw new BodyRefused('a container longer than the body');
    return entries;
  }

  #simpleOrFloat(argument: number): unknown {
    switch (argument) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 25:
      case 26:
      case 27:
        return this.#float(argument);
      default:
        throw new BodyRefused(argument > 27 ? 'an indefinite length or reserved form' : 'a simple value');
    }
  }

  /** In any width: libraries do not agree which fractions fit the shorter ones. */
  #float(argument: number): number {
    const start = this.#take(1 << (argument - 24));
    const value = readFloat(this.#bytes, start, argument);
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

/** `form` is the low part of the initial byte: 24 to 27 for 1, 2, 4 and 8 bytes. */
function readUnsigned(bytes: Buffer, start: number, form: number): number {
  switch (form) {
    case 24:
      return bytes[start] as number;
    case 25:
      return bytes.readUInt16BE(start);
    case 26:
      return bytes.readUInt32BE(start);
    default:
      return bytes.readUInt32BE(start) * 0x1_0000_0000 + bytes.readUInt32BE(start + 4);
  }
}

/** A lower one has a shorter form. */
function lowestOf(form: number): number {
  return form === 24 ? 24 : 2 ** (4 << (form - 24));
}

function readFloat(bytes: Buffer, start: number, form: number): number {
  if (form === 25) return halfValue(bytes.readUInt16BE(start));
  return form === 26 ? bytes.readFloatBE(start) : bytes.readDoubleBE(start);
}
