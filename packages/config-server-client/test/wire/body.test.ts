import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCbor } from '../../src/wire/ocp/cbor-decode.ts';
import { encodeCbor } from '../../src/wire/ocp/cbor-encode.ts';
import { decodeJson, encodeJson } from '../../src/wire/ocp/json.ts';

const limits = { maxDepth: 32, maxItems: 200_000 };
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__' && key !== '$b64'),
      tie('any'),
      { maxKeys: 5 },
    ),
  ),
})).any;

function withoutMinusZero(original: unknown): unknown {
  if (Object.is(original, -0)) return 0;
  if (Array.isArray(original)) return original.map(withoutMinusZero);
  if (typeof original !== 'object' || original === null || original instanceof Uint8Array) return original;
  return Object.fromEntries(Object.entries(original).map(([key, entry]) => [key, withoutMinusZero(entry)]));
}

describe('CBOR bodies', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(value, (original) => {
        // CBOR has one integer 0.
        expect(decodeCbor(encodeCbor(original), limits)).toMatchObject({ value: withoutMinusZero(original) });
      }),
      { numRuns: 300 },
    );
  });

  it('have the bytes that a library of the standard gives them', () => {
    fc.assert(
      fc.property(value, (original) => {
        const bytes = encodeCbor(original);
        expect(bytes.equals(encode(original))).toBe(true);
        expect(decode(bytes)).toEqual(withoutMinusZero(original));
      }),
      { numRuns: 300 },
    );
  });

  // RFC 8949, appendix A.
  it.each([
    [1.5, 'f9 3e 00'],
    [65_504, '19 ff e0'],
    [65_504.5, 'fa 47 7f e0 80'],
    [2 ** -24, 'f9 00 01'],
    [0.00006103515625, 'f9 04 00'],
    [-0.25, 'f9 b4 00'],
    [3.4028234663852886e38, 'fa 7f 7f ff ff'],
    [1.1, 'fb 3f f1 99 99 99 99 99 9a'],
    [-4.1, 'fb c0 10 66 66 66 66 66 66'],
    [1e300, 'fb 7e 37 e4 3c 88 00 75 9c'],
  ])('hold %d in its shortest form', (number, bytes) => {
    expect(encodeCbor(number)).toEqual(hex(bytes));
    expect(decodeCbor(hex(bytes), limits)).toMatchObject({ value: number });
  });

  it('may hold a fraction in a wider form', () => {
    for (const bytes of ['f9 3e 00', 'fa 3f c0 00 00', 'fb 3f f8 00 00 00 00 00 00'])
      expect(decodeCbor(hex(bytes), limits)).toMatchObject({ value: 1.5 });
  });

  it.each([
    ['NaN', { a: Number.NaN }],
    ['infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['undefined in a list', { a: [undefined] }],
    ['a function', { a: () => 1 }],
    ['a bigint', { a: 1n }],
  ])('are not written with %s', (_name, body) => {
    expect(() => encodeCbor(body)).toThrow(TypeError);
    expect(encodeCbor({ after: 1 })).toEqual(Buffer.from(encode({ after: 1 })));
  });

  it('are not written for a value that holds itself', () => {
    const own: Record<string, unknown> = {};
    own['own'] = own;
    expect(() => encodeCbor(own)).toThrow(TypeError);
  });

  it('may be as big as a frame, and leave no room behind', () => {
    const big = { text: 'ä'.repeat(300_000), bytes: new Uint8Array(200_000).fill(7) };
    expect(encodeCbor(big).equals(encode(big))).toBe(true);
    expect(encodeCbor({ small: 1 }).length).toBe(encode({ small: 1 }).length);
  });

  it.each([
    ['an empty body', ''],
    ['bytes behind the end', 'a0 00'],
    ['a truncated map', 'a1 61 61'],
    ['an indefinite array', '9f ff'],
    ['an indefinite text', '7f 61 61 ff'],
    ['a tag', 'c0 60'],
    ['a big number tag', 'c2 41 01'],
    ['undefined', 'f7'],
    ['a simple value', 'f8 20'],
    ['NaN', 'f9 7e 00'],
    ['infinity', 'f9 7c 00'],
    ['an integer key', 'a1 01 02'],
    ['a duplicate key', 'a2 61 61 01 61 61 02'],
    ['a number that is not in its shortest form', '18 01'],
    ['a number of four bytes that fits two', '1a 00 00 ff ff'],
    ['minus infinity', 'f9 fc 00'],
    ['a negative integer beyond 2^53', '3b 00 1f ff ff ff ff ff ff'],
    ['an integer beyond 2^53', '1b 00 20 00 00 00 00 00 01'],
    ['invalid UTF-8', '62 c3 28'],
    ['a surrogate in UTF-8', '63 ed a0 80'],
    ['a text longer than the body', '7a ff ff ff ff 61'],
    ['bytes longer than the body', '5b 00 00 00 ff ff ff ff ff'],
    ['an array longer than the body', '9a ff ff ff ff 00'],
    ['a map of 2^63 entries', 'bb 80 00 00 00 00 00 00 00'],
    ['a reserved length', '1c'],
    ['the key __proto__', 'a1 69 5f 5f 70 72 6f 74 6f 5f 5f a0'],
  ])('refuse %s', (_name, bytes) => {
    expect(decodeCbor(hex(bytes), limits)).toHaveProperty('problem');
  });

  // attack: CBOR nested without end | RFC 8949 10, CWE-674 | guard: packages/config-server-client/src/wire/ocp/cbor-decode.ts
  it('refuse nesting of 200 000 levels without recursion', () => {
    expect(decodeCbor(Buffer.alloc(200_000, 0x81), limits)).toEqual({ problem: 'nested deeper than 32' });
    expect(decodeCbor(Buffer.alloc(200_000, 0xa1), limits)).toHaveProperty('problem');
  });

  it('accept 32 levels and refuse 33', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    expect(decodeCbor(encode(nested(32)), limits)).toHaveProperty('value');
    expect(decodeCbor(encode(nested(33)), limits)).toHaveProperty('problem');
  });

  // attack: CBOR of very many items | RFC 8949 10, CWE-770 | guard: packages/config-server-client/src/wire/ocp/cbor-decode.ts
  it('refuse more items than allowed', () => {
    const items = encode(Array.from({ length: 1_000 }, () => 0));
    expect(decodeCbor(items, { ...limits, maxItems: 1_001 })).toHaveProperty('value');
    expect(decodeCbor(items, { ...limits, maxItems: 1_000 })).toHaveProperty('problem');
  });

  it('never throw and never touch a prototype, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = decodeCbor(bytes, limits);
        expect('value' in result || 'problem' in result).toBe(true);
      }),
      { numRuns: 5_000 },
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('JSON bodies', () => {
  it('give back what was put in, bytes included', () => {
    fc.assert(
      fc.property(value, (original) => {
        // JSON has one 0 as well.
        expect(decodeJson(encodeJson(original), limits)).toMatchObject({ value: withoutMinusZero(original) });
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['deep nesting', '['.repeat(1_000) + ']'.repeat(1_000)],
    ['the key __proto__', '{"__proto__": {"polluted": true}}'],
    ['broken text', '{"a": '],
  ])('refuse %s', (_name, text) => {
    expect(decodeJson(Buffer.from(text), limits)).toHaveProperty('problem');
  });
});
