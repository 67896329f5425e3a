/**
 * Keys of maps come again and again: the same bytes give the same string without decoding them anew. A place for each
 * hash and no more, so that a stranger's keys cannot make it grow; every hit is compared byte by byte.
 */

const places = 1_024;
const longestKey = 32;

export class KeyCache {
  readonly #keys = new Array<string | undefined>(places).fill(undefined);

  find(bytes: Uint8Array, start: number, length: number): string | undefined {
    if (length > longestKey) return undefined;
    const key = this.#keys[placeOf(bytes, start, length)];
    if (key?.length !== length) return undefined;
    for (let index = 0; index < length; index += 1) {
      if (key.charCodeAt(index) !== bytes[start + index]) return undefined;
    }
    return key;
  }

  /** Only ASCII has as many characters as bytes, which the comparison counts on. */
  keep(bytes: Uint8Array, start: number, length: number, key: string): void {
    if (length <= longestKey && key.length === length) this.#keys[placeOf(bytes, start, length)] = key;
  }
}

/** FNV-1a. */
function placeOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index += 1) {
    hash = Math.imul(hash ^ (bytes[start + index] as number), 0x01000193);
  }
  return (hash >>> 16) % places;
}
