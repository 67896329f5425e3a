import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfMessage } from '../../src/wire/message.ts';
import { ocpWire } from '../../src/wire/ocp/ocp-wire.ts';
import { defaultWireLimits, type WireEvent, type WireSession } from '../../src/wire/wire-protocol.ts';

const client = (limits = {}) => ocpWire().createSession('client', { ...defaultWireLimits, ...limits });

const answer: ConfMessage = {
  name: 'EventAuthenticated',
  body: { userDbid: 101, tenantDbid: 101, userName: 'agent', changePasswordRequired: false },
};

function header(fields: {
  magic?: number;
  version?: number;
  kind?: number;
  messageId?: number;
  flags?: number;
  refId?: number;
  length?: number;
}): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16BE(fields.magic ?? 0x4f43, 0);
  bytes[2] = fields.version ?? 1;
  bytes[3] = fields.kind ?? 1;
  bytes.writeUInt16BE(fields.messageId ?? 11, 4);
  bytes.writeUInt16BE(fields.flags ?? 0, 6);
  bytes.writeUInt32BE(fields.refId ?? 1, 8);
  bytes.writeUInt32BE(fields.length ?? 0, 12);
  return bytes;
}

function cut(stream: Uint8Array, cuts: number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  return [...places, stream.length].map((end, index) => stream.subarray(places[index - 1] ?? 0, end));
}

function receiveAll(session: WireSession, chunks: Uint8Array[]): WireEvent[] {
  return chunks.flatMap((chunk) => session.receive(chunk));
}

describe('framing', () => {
  const sender = client();
  const stream = Buffer.concat(
    Array.from({ length: 40 }, (_, index) =>
      index % 5 === 0 ? sender.encodePing(BigInt(index)) : sender.encode(answer, index),
    ),
  );

  it('gives the same events for every way of cutting the stream into chunks', () => {
    const whole = client().receive(stream);
    expect(whole).toHaveLength(40);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 200 }), (cuts) => {
        expect(receiveAll(client(), cut(stream, cuts))).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same events for single bytes', () => {
    const session = client();
    expect(
      receiveAll(
        session,
        [...stream].map((byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(client().receive(stream));
    expect(session.bytesPending).toBe(0);
  });

  it('says how many bytes of a frame are pending', () => {
    const session = client();
    session.receive(stream.subarray(0, 20));
    expect(session.bytesPending).toBe(20);
  });

  it.each([
    ['an HTTP answer', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'NotThisProtocol'],
    ['a TLS alert', Buffer.from([0x15, 0x03, 0x03, 0, 2, 2, 40]), 'TlsExpected'],
    ['random bytes', Buffer.from([0x99, 0x01, 0x02]), 'NotThisProtocol'],
    ['a single wrong byte', Buffer.from([0x00]), 'NotThisProtocol'],
  ])('recognises %s and sends nothing back', (_name, bytes, code) => {
    expect(client().receive(bytes)).toEqual([{ kind: 'violation', code, detail: expect.any(String) }]);
  });

  it('tells a server that a TLS client came to the wrong port', () => {
    const server = ocpWire().createSession('server', defaultWireLimits);
    expect(server.receive(Buffer.from([0x16, 0x03, 0x01]))).toMatchObject([{ code: 'NotThisProtocol' }]);
  });

  // attack: frame that announces up to 4 GiB | CWE-789 | guard: packages/config-server-client/src/wire/ocp/frame-reader.ts
  it.each([
    ['a newer version', { version: 2 }, 'ProtocolViolation'],
    ['an unknown kind', { kind: 5 }, 'ProtocolViolation'],
    ['reserved flags', { flags: 2, length: 4 }, 'ProtocolViolation'],
    ['data without a message id', { messageId: 0, length: 4 }, 'ProtocolViolation'],
    ['data without a body', { length: 0 }, 'ProtocolViolation'],
    ['a poll of the wrong size', { kind: 2, messageId: 0, refId: 0, length: 4 }, 'ProtocolViolation'],
    ['a length one over the limit', { length: 1024 * 1024 + 1 }, 'FrameTooLarge'],
    ['the highest length', { length: 0xffff_ffff }, 'FrameTooLarge'],
  ])('refuses %s by the header alone and says goodbye', (_name, fields, code) => {
    const [event] = client().receive(header(fields));
    expect(event).toMatchObject({ kind: 'violation', code, reply: expect.any(Uint8Array) });
  });

  it('keeps what came before garbage, decodes nothing after it', () => {
    const session = client();
    const events = session.receive(
      Buffer.concat([session.encode(answer, 1), Buffer.from('garbage-garbage'), session.encode(answer, 2)]),
    );
    expect(events.map(({ kind }) => kind)).toEqual(['message', 'violation']);
    expect(session.receive(session.encode(answer, 3))).toEqual([]);
  });

  it('accepts control frames without a body', () => {
    const bytes = Buffer.concat([2, 3, 4].map((kind) => header({ kind, messageId: 0, refId: 0 })));
    expect(client().receive(bytes)).toEqual([
      { kind: 'ping', nonce: 0n },
      { kind: 'pong', nonce: 0n },
      { kind: 'close', code: 'normal', text: undefined },
    ]);
  });

  it('fails one request for an unknown message id or an unreadable body, and lives on', () => {
    const session = client();
    const unknown = Buffer.concat([header({ messageId: 777, length: 1 }), Buffer.of(0xa0)]);
    const unreadable = Buffer.concat([header({ refId: 9, length: 1 }), Buffer.of(0xff)]);
    const incomplete = Buffer.concat([header({ refId: 10, length: 1 }), Buffer.of(0xa0)]);
    expect(receiveAll(session, [unknown, unreadable, incomplete, session.encode(answer, 3)])).toMatchObject([
      { kind: 'malformed', code: 'UnknownMessage' },
      { kind: 'malformed', code: 'MalformedBody', refId: 9 },
      { kind: 'malformed', code: 'MalformedBody', refId: 10 },
      { kind: 'message', refId: 3 },
    ]);
  });

  it('says where a body is wrong, and does not give a long key of the other side back', () => {
    const session = client();
    const filter = { ['k'.repeat(10_000)]: 1 };
    const request = { name: 'RequestReadObjects', body: { objectType: 3, filter } } as ConfMessage;
    const [event] = session.receive(session.encode(request, 1));
    expect(event).toMatchObject({ code: 'MalformedBody', detail: expect.stringContaining('filter.kkk') });
    expect((event as { detail: string }).detail.length).toBeLessThan(200);
  });

  it('keeps unknown enumeration numbers and drops unknown fields', () => {
    const session = client();
    const body = { objectType: 3, objects: [{ DBID: 1, state: 99 }], somethingNew: true };
    const [event] = session.receive(
      session.encode({ name: 'EventObjectsRead', body } as unknown as ConfMessage, 1),
    );
    expect(event).toMatchObject({ message: { body: { objectType: 3, objects: [{ DBID: 1, state: 99 }] } } });
    expect(JSON.stringify(event)).not.toContain('somethingNew');
  });

  it('reads JSON bodies only where they are allowed', () => {
    const bytes = ocpWire({ codec: 'json' }).createSession('server', defaultWireLimits).encode(answer, 4);
    expect(client({ allowJson: true }).receive(bytes)).toMatchObject([{ kind: 'message', message: answer }]);
    expect(client().receive(bytes)).toMatchObject([{ kind: 'malformed', code: 'MalformedBody' }]);
  });
});
