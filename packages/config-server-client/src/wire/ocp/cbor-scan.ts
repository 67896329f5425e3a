/**
 * Checks a CBOR body (RFC 8949) before it is decoded: depth, item count, exact length, UTF-8, no tags, text keys.
 * Iterative, so that no nesting can exhaust the stack; allocates only one small stack.
 */

export interface ScanLimits {
  maxDepth: number;
  maxItems: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined when the body is acceptable, else what is wrong with it. Never throws. */
export function scanCbor(bytes: Uint8Array, limits: ScanLimits): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Per open container: values still to come, and whether they alternate key and value.
  const remaining: number[] = [];
  const isMap: boolean[] = [];
  let offset = 0;
  let items = 0;
  for (;;) {
    if (offset >= bytes.length) return 'the body ends too early';
    items += 1;
    if (items > limits.maxItems) return `more than ${limits.maxItems} items`;
    const depth = remaining.length;
    const isKey = depth > 0 && isMap[depth - 1] === true && (remaining[depth - 1] as number) % 2 === 0;

    const initial = bytes[offset] as number;
    const major = initial >> 5;
    const info = initial & 0x1f;
    if (isKey && major !== 3) return 'a map key that is not text';
    const argumentBytes = info < 24 ? 0 : info < 28 ? 1 << (info - 24) : -1;
    if (argumentBytes === -1) return 'an indefinite length or reserved form';
    if (offset + 1 + argumentBytes > bytes.length) return 'the body ends inside a number';
    const argument = readArgument(view, offset + 1, info, argumentBytes);
    offset += 1 + argumentBytes;

    let opened = false;
    if (major === 2 || major === 3) {
      if (argument > bytes.length - offset) return 'a string longer than the body';
      if (major === 3) {
        const end = offset + argument;
        if (!isUtf8(bytes, offset, end)) return 'text that is not UTF-8';
        if (isKey && isPrototypeKey(bytes, offset, end)) return 'the key __proto__';
      }
      offset += argument;
    } else if (major === 4 || major === 5) {
      if (depth >= limits.maxDepth) return `nested deeper than ${limits.maxDepth}`;
      const values = major === 5 ? argument * 2 : argument;
      // Every value takes a byte at least: a count that cannot fit is refused before it is believed.
      if (values > bytes.length - offset) return 'a container longer than the body';
      if (values > 0) {
        remaining.push(values);
        isMap.push(major === 5);
        opened = true;
      }
    } else if (major === 6) {
      return 'a tag';
    } else if (major === 7 && (info < 20 || info === 23 || info === 24)) {
      return 'an undefined or simple value';
    }

    if (opened) continue;
    // One value is complete, and with it perhaps the containers that end here.
    while (remaining.length > 0) {
      const left = (remaining[remaining.length - 1] as number) - 1;
      if (left > 0) {
        remaining[remaining.length - 1] = left;
        break;
      }
      remaining.pop();
      isMap.pop();
    }
    if (remaining.length === 0)
      return offset === bytes.length ? undefined : 'bytes behind the end of the body';
  }
}

function readArgument(view: DataView, offset: number, info: number, argumentBytes: number): number {
  switch (argumentBytes) {
    case 0:
      return info;
    case 1:
      return view.getUint8(offset);
    case 2:
      return view.getUint16(offset);
    case 4:
      return view.getUint32(offset);
    default:
      return view.getUint32(offset) * 0x1_0000_0000 + view.getUint32(offset + 4);
  }
}

function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  // ASCII is the common case, and a loop over it is far cheaper than a decoder call.
  let at = start;
  while (at < end && (bytes[at] as number) < 0x80) at += 1;
  if (at === end) return true;
  try {
    utf8.decode(bytes.subarray(at, end));
    return true;
  } catch {
    return false;
  }
}

const prototypeKey = Buffer.from('__proto__');

function isPrototypeKey(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== prototypeKey.length) return false;
  return prototypeKey.equals(bytes.subarray(start, end));
}
