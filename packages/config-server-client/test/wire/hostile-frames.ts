/** Lists frames that no peer may send, with the refusal that docs/protocol.md demands. */
import { encodeFrame, FrameKind, headerBytes, jsonFlag } from '../../src/wire/ocp/frame.ts';

export interface HostileFrame {
  /** File name in docs/hostile-vectors. */
  name: string;
  /** Of docs/protocol.md. */
  section: string;
  what: string;
  readBy: 'client' | 'server';
  /** Before registration bodies are limited to 16 KiB. */
  beforeRegistration?: true;
  expected: /** The connection ends and nothing may be sent; `code` is what the reader's own log calls it. */
    | { refusal: 'silence'; code: 'NotThisProtocol' | 'TlsExpected' | 'ProtocolViolation' }
    /** CLOSE with this code may be sent; nothing that follows is decoded. */
    | { refusal: 'close'; closeCode: 'unsupported-version' | 'frame-too-large' | 'protocol-violation' }
    /** One request fails, the connection lives. */
    | { refusal: 'error'; error: 'MalformedBody' | 'UnknownMessage'; referenceId: number };
  bytes: Uint8Array;
}

const malformed = { refusal: 'error', error: 'MalformedBody', referenceId: 7 } as const;
const violation = { refusal: 'close', closeCode: 'protocol-violation' } as const;
const tooLarge = { refusal: 'close', closeCode: 'frame-too-large' } as const;

const emptyMap = Uint8Array.of(0xa0);
const readAccount = 42;

function data(body: Uint8Array, messageId = readAccount, flags = 0): Buffer {
  return Buffer.from(encodeFrame({ kind: FrameKind.data, messageId, flags, refId: 7 }, body));
}

function control(kind: number, bodyBytes: number): Buffer {
  return Buffer.from(encodeFrame({ kind, messageId: 0, flags: 0, refId: 0 }, new Uint8Array(bodyBytes)));
}

function spoilt(frame: Buffer, spoil: (frame: Buffer) => void): Buffer {
  spoil(frame);
  return frame;
}

/** The header alone, which announces `length` bytes. */
function announcing(length: number): Buffer {
  return spoilt(data(emptyMap), (frame) => frame.writeUInt32BE(length, 12)).subarray(0, headerBytes);
}

type Row = [name: string, what: string, expected: HostileFrame['expected'], bytes: Uint8Array];

const server = (section: string, rows: Row[]): HostileFrame[] =>
  rows.map(([name, what, expected, bytes]) => ({ name, section, what, readBy: 'server', expected, bytes }));

const framing: Row[] = [
  [
    'http-request',
    'an HTTP request',
    { refusal: 'silence', code: 'NotThisProtocol' },
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ],
  [
    'tls-hello-to-plain-server',
    'a TLS handshake record at a plain port',
    { refusal: 'silence', code: 'NotThisProtocol' },
    Buffer.from('160301', 'hex'),
  ],
  [
    'lost-boundaries',
    'a good frame, then bytes that are no header',
    { refusal: 'silence', code: 'ProtocolViolation' },
    Buffer.concat([control(FrameKind.ping, 8), Buffer.from('garbage in mid-stream')]),
  ],
  [
    'version-2',
    'a header of version 2',
    { refusal: 'close', closeCode: 'unsupported-version' },
    spoilt(data(emptyMap), (frame) => frame.writeUInt8(2, 2)),
  ],
  ['kind-0', 'an unknown frame kind', violation, spoilt(data(emptyMap), (frame) => frame.writeUInt8(0, 3))],
  ['kind-9', 'an unknown frame kind', violation, spoilt(data(emptyMap), (frame) => frame.writeUInt8(9, 3))],
  ['reserved-flag', 'a reserved flag bit', violation, data(emptyMap, readAccount, 0x8000)],
  ['data-without-message-id', 'a data frame with message id 0', violation, data(emptyMap, 0)],
  ['data-without-body', 'a data frame of length 0', violation, announcing(0)],
  [
    'ping-with-message-id',
    'a poll with a message id',
    violation,
    spoilt(control(FrameKind.ping, 8), (frame) => frame.writeUInt16BE(1, 4)),
  ],
  [
    'ping-with-reference-id',
    'a poll with a reference id',
    violation,
    spoilt(control(FrameKind.ping, 8), (frame) => frame.writeUInt32BE(1, 8)),
  ],
  ['ping-of-7-bytes', 'a poll whose nonce is cut', violation, control(FrameKind.ping, 7)],
  ['length-over-limit', 'a header that announces one byte more than 1 MiB', tooLarge, announcing(1_048_577)],
  ['length-4-gib', 'a header that announces 4 GiB', tooLarge, announcing(0xffff_ffff)],
];

const bodies: Row[] = [
  ['nesting-33', '33 levels', malformed, data(Buffer.from(`${'81'.repeat(33)}00`, 'hex'))],
  ['nesting-100000', '100 000 levels', malformed, data(Buffer.alloc(100_000, 0x81))],
  [
    'items-200001',
    'an array of more than 200 000 items',
    malformed,
    data(Buffer.concat([Buffer.from('9a00030d41', 'hex'), Buffer.alloc(200_001)])),
  ],
  ['text-4-gib', 'a text that declares 4 GiB', malformed, data(Buffer.from('7affffffff61', 'hex'))],
  ['map-2-63', 'a map that declares 2^63 entries', malformed, data(Buffer.from('bb8000000000000000', 'hex'))],
  ['indefinite-map', 'an indefinite map', malformed, data(Buffer.from('bfff', 'hex'))],
  ['tag', 'a tag', malformed, data(Buffer.from('c0a0', 'hex'))],
  ['duplicate-key', 'a key twice', malformed, data(Buffer.from('a2616101616102', 'hex'))],
  ['integer-key', 'a key that is not text', malformed, data(Buffer.from('a10102', 'hex'))],
  ['proto-key', 'the key __proto__', malformed, data(Buffer.from('a1695f5f70726f746f5f5fa0', 'hex'))],
  ['invalid-utf8', 'text that is not UTF-8', malformed, data(Buffer.from('a16162c328', 'hex'))],
  ['utf8-surrogate', 'a surrogate in UTF-8', malformed, data(Buffer.from('a1616163eda080', 'hex'))],
  ['nan', 'NaN', malformed, data(Buffer.from('a16161f97e00', 'hex'))],
  ['infinity', 'infinity', malformed, data(Buffer.from('a16161f97c00', 'hex'))],
  ['undefined', 'undefined', malformed, data(Buffer.from('a16161f7', 'hex'))],
  [
    'not-shortest',
    'a number that is not in its shortest form',
    malformed,
    data(Buffer.from('a161611801', 'hex')),
  ],
  ['integer-2-53', 'the integer 2^53', malformed, data(Buffer.from('a161611b0020000000000000', 'hex'))],
  ['trailing-bytes', 'bytes behind the end', malformed, data(Buffer.from('a000', 'hex'))],
  ['truncated-body', 'a map that ends too early', malformed, data(Buffer.from('a16161', 'hex'))],
  ['body-is-bytes', 'a byte string in place of a map', malformed, data(Buffer.from('4101', 'hex'))],
  [
    'json-body',
    'a JSON body, where it was not allowed',
    malformed,
    data(Buffer.from('{}'), readAccount, jsonFlag),
  ],
];

const messages: Row[] = [
  [
    'unknown-message',
    'message id 998',
    { refusal: 'error', error: 'UnknownMessage', referenceId: 7 },
    data(emptyMap, 998),
  ],
  ['missing-member', 'RequestAuthenticate without its members', malformed, data(emptyMap, 10)],
  [
    'wrong-member-type',
    'RequestReadObjects whose objectType is text',
    malformed,
    data(Buffer.from('a26666696c746572a06a6f626a65637454797065616f', 'hex'), 20),
  ],
];

const before: HostileFrame = {
  name: 'length-before-registration',
  section: '4',
  what: 'a header that announces one byte more than 16 KiB, before registration',
  readBy: 'server',
  beforeRegistration: true,
  expected: tooLarge,
  bytes: announcing(16_385),
};

/** What a client meets at a wrong port. */
const atClient: HostileFrame[] = [
  {
    name: 'http-response',
    section: '2',
    what: 'an HTTP answer',
    readBy: 'client',
    expected: { refusal: 'silence', code: 'NotThisProtocol' },
    bytes: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
  },
  {
    name: 'tls-alert-to-plain-client',
    section: '1',
    what: 'a TLS alert, as a TLS port answers plaintext',
    readBy: 'client',
    expected: { refusal: 'silence', code: 'TlsExpected' },
    bytes: Buffer.from('1503030002020a', 'hex'),
  },
];

export const hostileFrames: HostileFrame[] = [
  ...server('2', framing),
  ...server('2.1', bodies),
  ...server('3', messages),
  before,
  ...atClient,
];
