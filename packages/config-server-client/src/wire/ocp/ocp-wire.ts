/** Implements WireProtocol for version 1 of the open protocol. */
import { type ConfMessage, messageCatalogue, messageNameOf, parseMessage } from '../message.ts';
import { closeBodySchema } from '../messages/registration.ts';
import {
  type CloseCode,
  closeCodes,
  defaultWireLimits,
  type WireEvent,
  type WireLimits,
  type WireProtocol,
  type WireRole,
  type WireSession,
} from '../wire-protocol.ts';
import { type DecodedBody, decodeCbor } from './cbor-decode.ts';
import { encodeCbor } from './cbor-encode.ts';
import { encodeFrame, FrameKind, jsonFlag } from './frame.ts';
import { type Frame, FrameReader, type FrameViolation } from './frame-reader.ts';
import { decodeJson, encodeJson } from './json.ts';

/** Writes bodies as `codec`; reads CBOR always, and JSON when the limits allow it. */
export function ocpWire(options: { codec?: 'cbor' | 'json' } = {}): WireProtocol {
  const codec = options.codec ?? 'cbor';
  return {
    name: `ocp/1+${codec}`,
    createSession: (role, limits) => new OcpSession(role, { ...defaultWireLimits, ...limits }, codec),
  };
}

/** An empty map is one byte of CBOR, and this much in memory. */
const bytesPerItem = 56;

class OcpSession implements WireSession {
  readonly #role: WireRole;
  readonly #limits: WireLimits;
  readonly #codec: 'cbor' | 'json';
  readonly #reader: FrameReader;
  #isDead = false;

  constructor(role: WireRole, limits: WireLimits, codec: 'cbor' | 'json') {
    this.#role = role;
    this.#limits = limits;
    this.#codec = codec;
    this.#reader = new FrameReader(limits.maxFrameBytes);
  }

  get bytesPending(): number {
    return this.#reader.bytesPending;
  }

  setLimits(limits: Partial<WireLimits>): void {
    Object.assign(this.#limits, limits);
    this.#reader.maxFrameBytes = this.#limits.maxFrameBytes;
  }

  receive(chunk: Uint8Array): WireEvent[] {
    if (this.#isDead) return [];
    const { frames, violation } = this.#reader.read(chunk);
    const events = frames.map((frame) => this.#event(frame));
    if (violation !== undefined) {
      this.#isDead = true;
      events.push(this.#violation(violation));
    }
    return events;
  }

  encode(message: ConfMessage, refId: number): Uint8Array {
    const header = { kind: FrameKind.data, messageId: messageCatalogue[message.name].id, refId };
    return this.#codec === 'json'
      ? encodeFrame({ ...header, flags: jsonFlag }, encodeJson(message.body))
      : encodeFrame({ ...header, flags: 0 }, encodeCbor(message.body));
  }

  encodePing(nonce: bigint): Uint8Array {
    return encodeControl(FrameKind.ping, encodeNonce(nonce));
  }

  encodePong(nonce: bigint): Uint8Array {
    return encodeControl(FrameKind.pong, encodeNonce(nonce));
  }

  encodeClose(code: CloseCode, text?: string): Uint8Array {
    return encodeControl(FrameKind.close, encodeCbor({ code, text }));
  }

  #event(frame: Frame): WireEvent {
    switch (frame.header.kind) {
      case FrameKind.ping:
        return { kind: 'ping', nonce: decodeNonce(frame.body) };
      case FrameKind.pong:
        return { kind: 'pong', nonce: decodeNonce(frame.body) };
      case FrameKind.close:
        return this.#closeEvent(frame);
      default:
        return this.#messageEvent(frame);
    }
  }

  #messageEvent(frame: Frame): WireEvent {
    const { messageId, refId, length } = frame.header;
    const name = messageNameOf(messageId);
    if (name === undefined) {
      return {
        kind: 'malformed',
        refId,
        messageId,
        code: 'UnknownMessage',
        detail: `message id ${messageId}`,
      };
    }
    const decoded = this.#decode(frame);
    const parsed = 'problem' in decoded ? decoded : parseMessage(name, decoded.value);
    if ('problem' in parsed)
      return { kind: 'malformed', refId, messageId, code: 'MalformedBody', detail: parsed.problem };
    const items = 'items' in decoded ? decoded.items : 0;
    return {
      kind: 'message',
      refId,
      message: parsed.message,
      bytes: length,
      heldBytes: length + items * bytesPerItem,
    };
  }

  #closeEvent(frame: Frame): WireEvent {
    if (frame.body.length === 0) return { kind: 'close', code: 'normal', text: undefined };
    const decoded = this.#decode(frame);
    const parsed = 'value' in decoded ? closeBodySchema.safeParse(decoded.value) : undefined;
    // A close with an unknown body or code still closes.
    const code = closeCodes.find((known) => known === parsed?.data?.code) ?? 'normal';
    return { kind: 'close', code, text: parsed?.data?.text };
  }

  #decode(frame: Frame): DecodedBody {
    if ((frame.header.flags & jsonFlag) === 0) return decodeCbor(frame.body, this.#limits);
    return this.#limits.allowJson
      ? decodeJson(frame.body, this.#limits)
      : { problem: 'JSON bodies are not allowed' };
  }

  #violation({ code, detail, closeCode }: FrameViolation): WireEvent {
    // A server needs no special error for TLS on a plain port.
    const seenCode = code === 'TlsExpected' && this.#role === 'server' ? 'NotThisProtocol' : code;
    const event: WireEvent = { kind: 'violation', code: seenCode, detail };
    if (closeCode !== undefined) event.reply = this.encodeClose(closeCode, detail);
    return event;
  }
}

function encodeControl(kind: number, body: Uint8Array): Uint8Array {
  return encodeFrame({ kind, messageId: 0, flags: 0, refId: 0 }, body);
}

function encodeNonce(nonce: bigint): Uint8Array {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, nonce));
  return bytes;
}

function decodeNonce(body: Uint8Array): bigint {
  return body.length === 8 ? new DataView(body.buffer, body.byteOffset, 8).getBigUint64(0) : 0n;
}
