/** Bytes that are not LDAP, or LDAP with lengths that lie. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operations, readAnswer, readPageCookie, readPolicy } from '../src/wire/answers.ts';
import { WireProblem } from '../src/wire/ber.ts';
import { FrameReader } from '../src/wire/frames.ts';
import { on, openBackend, settingsFor } from './directory-under-test.ts';
import { anna, der, entry, message, pretendServer, requests, result } from './pretended-server.ts';

const endless = Buffer.of(0x84, 0x7f, 0xff, 0xff, 0xff);

/** Each of them is the answer to the message 2. */
const malformed: [string, Buffer][] = [
  ['text of another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['an indefinite length', Buffer.of(0x30, 0x80, 0x02, 0x01, 0x02)],
  ['a length of eight bytes', Buffer.of(0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, 5)],
  ['no message id', der(0x30, der(operations.searchDone))],
  ['a message id of five bytes', der(0x30, der(2, Buffer.alloc(5)), der(operations.searchDone))],
  ['an operation that no server sends', message(2, der(0x60, ''))],
  ['a result without its elements', message(2, der(operations.searchDone))],
  ['a result with more elements', result(2, operations.searchDone, 0, der(4, 'more'))],
  ['a result of another operation', result(2, operations.bind)],
  // ldapts 9.2.0 reads the next two for ever: an attribute list, and values, that claim to go on after the end.
  ['an attribute list of 2 GiB', message(2, der(operations.entry, der(4, 'x'), Buffer.of(0x30), endless))],
  [
    'values of 2 GiB in what is no attribute',
    message(
      2,
      der(operations.entry, der(4, 'x'), der(0x30, der(4, der(4, 'uid'), Buffer.of(0x31), endless))),
    ),
  ],
  [
    'a value of another type',
    message(
      2,
      der(operations.entry, der(4, 'x'), der(0x30, der(0x30, der(4, 'uid'), der(0x31, der(2, 'x'))))),
    ),
  ],
];

describe('malformed answers', () => {
  // attack: stop the process by BER whose lengths lie | X.690 8.1.3, CWE-835 | guard: packages/directory-ldap/src/wire/ber.ts
  it.each(malformed)('fail the call: %s', async (_what, bytes) => {
    const server = await pretendServer(({ operation, answer }) => {
      if (operation !== requests.search) return undefined;
      answer(bytes);
      return 'taken';
    });
    const backend = openBackend([on(server.port)], settingsFor());

    await expect(backend.readPersons({ user_name: 'anna' }, { deadlineMs: 2_000 })).rejects.toMatchObject({
      name: 'ConfigServerError',
      code: 'ProtocolViolation',
    });
  });

  it('are read to their end or refused, whatever byte is changed', () => {
    const valid = [
      anna(2),
      entry(2, 'x', { a: ['1', '2'], b: [] }),
      result(2, operations.extended, 10, der(0xa3, der(4, 'ldap://x')), der(0x8a, '1.2')),
      message(
        2,
        der(operations.bind, der(10, Buffer.of(0)), der(4, ''), der(4, '')),
        der(0xa0, der(0x30, der(4, '1'))),
      ),
    ];
    const change = fc.tuple(
      fc.constantFrom(...valid),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      fc.boolean(),
    );
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = Buffer.concat(
        changes.map(([whole, at, value, isCut]) => {
          const copy = Buffer.from(whole);
          copy[at % copy.length] = value;
          return isCut ? copy.subarray(0, at % copy.length) : copy;
        }),
      );
      for (const read of [(one: Buffer) => readAnswer(one), readPageCookie, readPolicy]) {
        try {
          for (const frame of new FrameReader().read(bytes)) read(frame);
        } catch (error) {
          expect(error).toBeInstanceOf(WireProblem);
        }
      }
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('come whole in whatever pieces the network makes', () => {
    const answers = Buffer.concat([
      anna(2),
      entry(3, 'x', { a: ['y'.repeat(70_000)] }),
      result(4, operations.bind),
    ]);
    const whole = [...new FrameReader().read(answers)];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1 }), (sizes) => {
        const frames = new FrameReader();
        const found: Buffer[] = [];
        for (let at = 0, index = 0; at < answers.length; index += 1) {
          const size = sizes[index % sizes.length] as number;
          found.push(...frames.read(answers.subarray(at, at + size)));
          at += size;
        }
        expect(found).toEqual(whole);
      }),
      { numRuns: 30 },
    );
    expect(whole).toHaveLength(3);
  });
});
