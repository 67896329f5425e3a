/**
 * Encodes CBOR bodies (RFC 8949) deterministically, as docs/protocol.md demands in "Bodies".
 *
 * Optimisation: with the library cborg in its place, a login over the link takes 24 µs of CPU time instead of 16
 * (docs/contributing/decisions/own-cbor.md). The library encodes fractions and large integers, which are rare.
 */
import { encode } from 'cborg';

const maxEncodedDepth = 64;
const shortText = 40;
const roomBytes = 64 * 1024;
/** Where bodies are written: encoding is synchronous, so one room serves all. */
let room = Buffer.allocUnsafe(roomBytes);
let at = 0;

/**
 * Deterministic (RFC 8949 section 4.2.1): definite lengths, shortest forms, sorted keys. Leaves undefined members out.
 * Errors: TypeError for what the protocol cannot carry.
 */
export function encodeCbor(value: unknown): Buffer {
  at = 0;
  try {
    writeValue(value, 0);
    return Buffer.from(room.subarray(0, at));
  } finally {
    // Frees the memory that one big body took.
    if (room.length > roomBytes) room = Buffer.allocUnsafe(roomBytes);
  }
}

function writeValue(value: unknown, depth: number): void {
  if (typeof value === 'string') writeText(value);
  else if (typeof value === 'number') writeNumber(value);
  else if (typeof value === 'boolean') writeHead(0xe0, value ? 21 : 20);
  else if (value === null) writeHead(0xe0, 22);
  else if (typeof value !== 'object')
    throw new TypeError(`a body cannot hold a value of the type ${typeof value}`);
  else if (depth > maxEncodedDepth) throw new TypeError('a body that is nested too deep');
  else if (value instanceof Uint8Array) {
    writeHead(0x40, value.length);
    writeBytes(value);
  } else if (Array.isArray(value)) {
    writeHead(0x80, value.length);
    for (const entry of value) writeValue(entry, depth + 1);
  } else writeMap(value as Record<string, unknown>, depth);
}

function writeMap(map: Record<string, unknown>, depth: number): void {
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  // In ASCII a character is a byte.
  if (keys.some((key) => /[^\0-\x7f]/.test(key))) keys.sort(compareBytes);
  else if (keys.length > 32) keys.sort((left, right) => (isBefore(left, right) ? -1 : 1));
  else insertionSort(keys);
  writeHead(0xa0, keys.length);
  for (const key of keys) {
    writeText(key);
    writeValue(map[key], depth + 1);
  }
}

/** Takes half of the time of `sort` for the few keys of a message. */
function insertionSort(keys: string[]): void {
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] as string;
    let place = end;
    for (; place > 0 && isBefore(key, keys[place - 1] as string); place -= 1)
      keys[place] = keys[place - 1] as string;
    keys[place] = key;
  }
}

function isBefore(left: string, right: string): boolean {
  return left.length === right.length ? left < right : left.length < right.length;
}

function compareBytes(left: string, right: string): number {
  return Buffer.byteLength(left) - Buffer.byteLength(right) || Buffer.from(left).compare(Buffer.from(right));
}

function writeNumber(value: number): void {
  if (!Number.isFinite(value)) throw new TypeError('a body cannot hold NaN or infinity');
  if (!Number.isInteger(value) || Math.abs(value) > 0xffff_ffff) writeBytes(encode(value));
  else if (value >= 0) writeHead(0x00, value);
  else writeHead(0x20, -1 - value);
}

function writeText(text: string): void {
  if (text.length <= shortText && writeShortAscii(text)) return;
  const length = Buffer.byteLength(text);
  writeHead(0x60, length);
  reserve(length);
  at += room.write(text, at, length, 'utf8');
}

/** False, with nothing written, for text beyond ASCII. */
function writeShortAscii(text: string): boolean {
  reserve(2 + shortText);
  let place = at + (text.length < 24 ? 1 : 2);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    room[place++] = code;
  }
  writeHead(0x60, text.length);
  at = place;
  return true;
}

function writeBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  room.set(bytes, at);
  at += bytes.length;
}

/** The major type, and an argument below 2^32. */
function writeHead(major: number, argument: number): void {
  reserve(5);
  if (argument < 24) {
    room[at++] = major | argument;
  } else if (argument < 0x100) {
    room[at++] = major | 24;
    room[at++] = argument;
  } else if (argument < 0x1_0000) {
    room[at] = major | 25;
    at = room.writeUInt16BE(argument, at + 1);
  } else {
    room[at] = major | 26;
    at = room.writeUInt32BE(argument, at + 1);
  }
}

function reserve(bytes: number): void {
  if (at + bytes <= room.length) return;
  const grown = Buffer.allocUnsafe(Math.max(at + bytes, room.length * 2));
  room.copy(grown, 0, 0, at);
  room = grown;
}
