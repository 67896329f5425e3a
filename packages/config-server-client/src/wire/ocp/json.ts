/** Encodes and decodes bodies as JSON, for debugging and test vectors (docs/protocol.md, "Bodies"). */
import type { BodyLimits, DecodedBody } from './cbor-decode.ts';

const bytesKey = '$b64';

/** Byte strings become `{"$b64": "…"}`. */
export function encodeJson(body: unknown): Uint8Array {
  const text = JSON.stringify(body, (_key, value: unknown) =>
    value instanceof Uint8Array ? { [bytesKey]: Buffer.from(value).toString('base64') } : value,
  );
  return Buffer.from(text, 'utf8');
}

/** As `decodeCbor`. Measures nesting before it parses, and refuses the key `__proto__`. */
export function decodeJson(bytes: Uint8Array, limits: BodyLimits): DecodedBody {
  if (jsonDepth(bytes) > limits.maxDepth) return { problem: `nested deeper than ${limits.maxDepth}` };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    let items = 0;
    const value: unknown = JSON.parse(text, (key, item: unknown) => {
      items += 1;
      if (items > limits.maxItems) throw new RangeError(`more than ${limits.maxItems} items`);
      if (key === '__proto__') throw new SyntaxError('the key __proto__');
      return reviveBytes(item);
    });
    return { value, items };
  } catch (error) {
    return { problem: error instanceof RangeError ? error.message : 'not acceptable JSON' };
  }
}

function reviveBytes(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, bytesKey)) return item;
  const encoded = (item as Record<string, unknown>)[bytesKey];
  if (typeof encoded !== 'string' || Object.keys(item).length !== 1) return item;
  return new Uint8Array(Buffer.from(encoded, 'base64'));
}

function jsonDepth(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}
