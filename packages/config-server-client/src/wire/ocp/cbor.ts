/**
 * Encodes and decodes CBOR bodies (RFC 8949) in the restricted form of docs/protocol.md, "Bodies", with the library
 * cborg and the checks that its strictest options lack.
 */
import { type DecodeOptions, decode, encode, type Token, Tokenizer, type TypeEncoder } from 'cborg';

export interface BodyLimits {
  maxDepth: number;
  maxItems: number;
}

/** The value, or what is wrong with the bytes: a text that holds nothing of their content. */
export type DecodedBody = { value: unknown } | { problem: string };

const refuse = (what: string) => () => {
  throw new TypeError(`a body cannot hold ${what}`);
};
const typeEncoders: Record<string, TypeEncoder> = {
  number: (value: number) => (Number.isFinite(value) ? null : refuse('NaN or infinity')()),
  undefined: refuse('undefined'),
  bigint: refuse('a bigint'),
};

/** The body in a buffer of its own, without members that are undefined. Errors: TypeError for what the protocol cannot carry. */
export function encodeCbor(value: unknown): Buffer {
  try {
    const { buffer, byteOffset, byteLength } = encode(value, {
      ignoreUndefinedProperties: true,
      typeEncoders,
    });
    return Buffer.from(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw new TypeError((cause as Error).message, { cause });
  }
}

const strictest: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
};

class BodyRefused extends Error {}

/** Never throws. */
export function decodeCbor(bytes: Uint8Array, limits: BodyLimits): DecodedBody {
  try {
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { value: decode(plain, { ...strictest, tokenizer: new StrictTokenizer(plain, limits) }) };
  } catch (error) {
    // The library's messages quote keys.
    return { problem: error instanceof BodyRefused ? error.message : 'not in the restricted form of CBOR' };
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Counts items and levels, compares declared lengths with the bytes that are left, and checks UTF-8. */
class StrictTokenizer extends Tokenizer {
  readonly #maxDepth: number;
  #itemsLeft: number;
  /** Open containers with the number of values that they still lack, the innermost last. */
  readonly #open: { isMap: boolean; missing: number }[] = [];

  constructor(bytes: Uint8Array, { maxDepth, maxItems }: BodyLimits) {
    super(bytes, strictest);
    this.#maxDepth = maxDepth;
    this.#itemsLeft = maxItems;
  }

  override next(): Token {
    if (this.#itemsLeft === 0) throw new BodyRefused('too many items');
    this.#itemsLeft -= 1;
    const start = this.pos();
    const token = super.next();
    const isKey = this.#countValue();
    const { major } = token.type;
    if (isKey && token.value === '__proto__') throw new BodyRefused('the key __proto__');
    if (major === 3) this.#checkText(token, start);
    else if (major === 4) this.#openContainer(false, token.value);
    else if (major === 5) this.#openContainer(true, token.value * 2);
    else if (major === 7 && typeof token.value === 'number' && !Number.isFinite(token.value))
      throw new BodyRefused('NaN or infinity');
    return token;
  }

  /** Whether the value is the key of a map. */
  #countValue(): boolean {
    while (this.#open.at(-1)?.missing === 0) this.#open.pop();
    const container = this.#open.at(-1);
    if (container === undefined) return false;
    const isKey = container.isMap && container.missing % 2 === 0;
    container.missing -= 1;
    return isKey;
  }

  #openContainer(isMap: boolean, missing: number): void {
    if (this.#open.length >= this.#maxDepth) throw new BodyRefused(`nested deeper than ${this.#maxDepth}`);
    // Every value takes a byte at least.
    if (missing > this.data.length - this.pos()) throw new BodyRefused('a container longer than the body');
    this.#open.push({ isMap, missing });
  }

  /** The library replaces what is not UTF-8 by U+FFFD and drops a byte order mark. */
  #checkText(token: Token, start: number): void {
    const end = this.pos();
    const minor = (this.data[start] as number) & 0x1f;
    const textStart = start + 1 + (minor < 24 ? 0 : 1 << (minor - 24));
    const text = token.value as string;
    if (text.length === end - textStart && !text.includes('\ufffd')) return;
    try {
      token.value = utf8.decode(this.data.subarray(textStart, end));
    } catch {
      throw new BodyRefused('text that is not UTF-8');
    }
  }
}
