/**
 * Writes CBOR bodies (RFC 8949) deterministically: definite lengths, shortest forms, keys sorted by section 4.2.1.
 * Written for what the protocol carries and nothing else, because this runs for every message.
 */
import { halfBits } from './half-float.ts';

const utf8Head = 0x60;
const keptBytes = 64 * 1024;

/** One at a time: writing is synchronous, so the room is free again when `writeCbor` returns. */
let room = Buffer.allocUnsafe(keptBytes);
let at = 0;

/**
 * The body in a buffer of its own, behind `headroom` bytes that the caller fills. Members that are undefined are left
 * out. Errors: TypeError for what the protocol cannot carry.
 */
export function writeCbor(value: unknown, headroom = 0): Buffer {
  at = headroom;
  try {
    reserve(0);
    writeValue(value, 0);
    const written = Buffer.allocUnsafe(at);
    room.copy(written, 0, 0, at);
    return written;
  } finally {
    // One big message must not keep its room for ever.
    if (room.length > keptBytes) room = Buffer.allocUnsafe(keptBytes);
  }
}

const deepest = 64;

function writeValue(value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      writeText(value);
      return;
    case 'number':
      writeNumber(value);
      return;
    case 'boolean':
      writeByte(value ? 0xf5 : 0xf4);
      return;
    case 'object':
      if (depth > deepest) throw new TypeError('a body that is nested too deep');
      if (value === null) writeByte(0xf6);
      else if (Array.isArray(value)) writeArray(value, depth);
      else if (value instanceof Uint8Array) writeBytes(value);
      else writeMap(value as Record<string, unknown>, depth);
      return;
    default:
      throw new TypeError(`a body cannot hold a value of the type ${typeof value}`);
  }
}

function writeArray(array: readonly unknown[], depth: number): void {
  writeHead(0x80, array.length);
  for (const entry of array) writeValue(entry, depth + 1);
}

function writeMap(map: Record<string, unknown>, depth: number): void {
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  sortKeys(keys);
  writeHead(0xa0, keys.length);
  for (const key of keys) {
    writeText(key);
    writeValue(map[key], depth + 1);
  }
}

/** By length, then by bytes. In ASCII a character is a byte, and the order of characters that of bytes. */
function sortKeys(keys: string[]): void {
  if (keys.some((key) => beyondAscii.test(key))) keys.sort(compareBytes);
  else if (keys.length > fewKeys) keys.sort((left, right) => (isBefore(left, right) ? -1 : 1));
  else insertionSort(keys);
}

const beyondAscii = /[^\0-\x7f]/;
const fewKeys = 32;

/** Cheaper than a call of `sort` for a few keys, which are mostly in order already. */
function insertionSort(keys: string[]): void {
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] as string;
    let place = end;
    while (place > 0 && isBefore(key, keys[place - 1] as string)) {
      keys[place] = keys[place - 1] as string;
      place -= 1;
    }
    keys[place] = key;
  }
}

function isBefore(left: string, right: string): boolean {
  return left.length === right.length ? left < right : left.length < right.length;
}

function compareBytes(left: string, right: string): number {
  const [leftBytes, rightBytes] = [Buffer.from(left), Buffer.from(right)];
  return leftBytes.length - rightBytes.length || leftBytes.compare(rightBytes);
}

const shortText = 40;

function writeText(text: string): void {
  if (text.length <= shortText && writeShortAscii(text)) return;
  const length = Buffer.byteLength(text);
  writeHead(utf8Head, length);
  reserve(length);
  at += room.write(text, at, length, 'utf8');
}

/** False, with nothing written, for text beyond ASCII. */
function writeShortAscii(text: string): boolean {
  reserve(2 + shortText);
  const { length } = text;
  let place = at + (length < 24 ? 1 : 2);
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    room[place++] = code;
  }
  writeHead(utf8Head, length);
  at = place;
  return true;
}

function writeBytes(bytes: Uint8Array): void {
  writeHead(0x40, bytes.length);
  reserve(bytes.length);
  room.set(bytes, at);
  at += bytes.length;
}

function writeNumber(value: number): void {
  if (Number.isSafeInteger(value)) {
    if (value >= 0) writeHead(0x00, value);
    else writeHead(0x20, -1 - value);
    return;
  }
  if (!Number.isFinite(value)) throw new TypeError('a body cannot hold NaN or infinity');
  writeFloat(value);
}

function writeFloat(value: number): void {
  reserve(9);
  const half = halfBits(value);
  if (half !== undefined) {
    room[at] = 0xf9;
    at = room.writeUInt16BE(half, at + 1);
  } else if (Math.fround(value) === value) {
    room[at] = 0xfa;
    at = room.writeFloatBE(value, at + 1);
  } else {
    room[at] = 0xfb;
    at = room.writeDoubleBE(value, at + 1);
  }
}

function writeByte(byte: number): void {
  reserve(1);
  room[at++] = byte;
}

/** Major type and argument. */
function writeHead(major: number, argument: number): void {
  reserve(9);
  if (argument < 24) {
    room[at++] = major | argument;
  } else if (argument < 0x100) {
    room[at++] = major | 24;
    room[at++] = argument;
  } else if (argument < 0x1_0000) {
    room[at] = major | 25;
    at = room.writeUInt16BE(argument, at + 1);
  } else if (argument < 0x1_0000_0000) {
    room[at] = major | 26;
    at = room.writeUInt32BE(argument, at + 1);
  } else {
    room[at] = major | 27;
    room.writeUInt32BE(Math.floor(argument / 0x1_0000_0000), at + 1);
    at = room.writeUInt32BE(argument % 0x1_0000_0000, at + 5);
  }
}

function reserve(bytes: number): void {
  if (at + bytes <= room.length) return;
  const grown = Buffer.allocUnsafe(Math.max(at + bytes, room.length * 2));
  room.copy(grown, 0, 0, at);
  room = grown;
}
