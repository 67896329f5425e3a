import { decode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfMessage } from '../../src/wire/message.ts';
import { decodeCbor } from '../../src/wire/ocp/cbor-decode.ts';
import { encodeFrame } from '../../src/wire/ocp/frame.ts';
import { ocpWire } from '../../src/wire/ocp/ocp-wire.ts';
import { defaultWireLimits } from '../../src/wire/wire-protocol.ts';
import { vectorMessages } from './vector-messages.ts';

/** `npm run fuzz` takes 1 000 000. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 3_000);
const timeoutMs = 20_000 + numRuns;

const limits = { ...defaultWireLimits, maxFrameBytes: 4_096, allowJson: true };
const sender = ocpWire().createSession('client', defaultWireLimits);
const vectors = (Object.values(vectorMessages) as { refId: number; message: ConfMessage }[]).map(
  ({ refId, message }) => Buffer.from(sender.encode(message, refId)),
);

const control = [
  sender.encodePing(7n),
  sender.encodePong(7n),
  sender.encodeClose('normal'),
  sender.encodeClose('shutting-down', 'bye'),
].map((frame) => Buffer.from(frame));

const whole = fc.oneof(fc.constantFrom(...vectors), fc.constantFrom(...control));

/** Whole frames, such with some bytes changed, frames with any header and any body, and noise. */
const hostile = fc.oneof(
  // Most often, because nothing is looked at behind the first violation.
  { weight: 6, arbitrary: whole },
  fc.uint8Array({ maxLength: 64 }),
  fc
    .record({
      kind: fc.integer({ min: 0, max: 6 }),
      messageId: fc.constantFrom(0, 2, 3, 10, 11, 21, 36, 99, 1001, 5_000),
      flags: fc.constantFrom(0, 0, 0, 1, 2),
      refId: fc.nat(0xffff_ffff),
      body: fc.uint8Array({ maxLength: 200 }),
    })
    .map(({ body, ...header }) => encodeFrame(header, body)),
  fc
    .record({
      frame: whole,
      changes: fc.array(fc.tuple(fc.nat(2_000), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      }),
    })
    .map(({ frame, changes }) => {
      const bytes = Buffer.from(frame);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    }),
);

/** What a library of the standard takes with its strictest settings. */
const strict = {
  strict: true,
  allowIndefinite: false,
  rejectDuplicateMapKeys: true,
  allowBigInt: false,
  allowNaN: false,
  allowInfinity: false,
  allowUndefined: false,
};
/** Only these rules of the protocol go beyond it; whatever else is refused here, the library refuses too. */
const strongerThanLibrary = new Set([
  'text that is not UTF-8',
  'the key __proto__',
  'nested deeper than 32',
  'too many items',
  'NaN or infinity',
]);

describe('whatever the other side sends', () => {
  it('a session never throws, never holds more than a frame, and is silent after a violation', {
    timeout: timeoutMs,
  }, () => {
    const outcomes: Record<string, number> = {};
    fc.assert(
      fc.property(
        fc.array(hostile, { maxLength: 6 }),
        fc.integer({ min: 1, max: 300 }),
        (pieces, chunkBytes) => {
          const session = ocpWire().createSession('server', { ...limits });
          const stream = Buffer.concat(pieces);
          let isDead = false;
          for (let at = 0; at < stream.length; at += chunkBytes) {
            const events = session.receive(stream.subarray(at, at + chunkBytes));
            if (isDead) expect(events).toEqual([]);
            isDead ||= events.some(({ kind }) => kind === 'violation');
            for (const { kind } of events) outcomes[kind] = (outcomes[kind] ?? 0) + 1;
            expect(session.bytesPending).toBeLessThanOrEqual(limits.maxFrameBytes + 16 + chunkBytes);
          }
        },
      ),
      { numRuns },
    );
    report('streams', outcomes);
    // A fuzz that never gets past the first check would prove nothing.
    for (const kind of ['message', 'malformed', 'violation', 'ping', 'pong', 'close'])
      expect(outcomes[kind]).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('a body is decoded to plain data or refused, and never anything else', { timeout: timeoutMs }, () => {
    const bodies = vectors.map((vector) => vector.subarray(16));
    const spoilt = fc
      .record({
        body: fc.constantFrom(...bodies),
        changes: fc.array(fc.tuple(fc.nat(2_000), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        cut: fc.nat(2_000),
      })
      .map(({ body, changes, cut }) => {
        const bytes = Buffer.from(body);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
      });
    const outcomes = { decoded: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof(spoilt, fc.uint8Array({ maxLength: 100 })), (bytes) => {
        const result = decodeCbor(bytes, { maxDepth: 32, maxItems: 1_000 });
        outcomes['value' in result ? 'decoded' : 'refused'] += 1;
        if ('value' in result) {
          expectPlain(result.value, 33);
          expect(decode(bytes, strict)).toEqual(result.value);
        } else if (!strongerThanLibrary.has(result.problem)) {
          expect(() => decode(bytes, strict)).toThrow();
        }
      }),
      { numRuns },
    );
    report('bodies', outcomes);
    expect(Math.min(outcomes.decoded, outcomes.refused)).toBeGreaterThan(0);
  });
});

function report(inputs: string, outcomes: Record<string, number>): void {
  process.stdout.write(`fuzz: ${numRuns} ${inputs} ${JSON.stringify(outcomes)}\n`);
}

/** Finite numbers, text, bytes, arrays and maps without a foreign prototype, not deeper than allowed. */
function expectPlain(value: unknown, depth: number): void {
  expect(depth).toBeGreaterThanOrEqual(0);
  if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
  else if (Array.isArray(value)) for (const entry of value) expectPlain(entry, depth - 1);
  else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    for (const entry of Object.values(value)) expectPlain(entry, depth - 1);
  } else expect(['string', 'boolean', 'object']).toContain(typeof value);
}
