/** Defines what a wire protocol does: it turns a byte stream into typed messages and back. */
import type { ConfMessage } from './message.ts';

export interface WireProtocol {
  readonly name: string;
  createSession(role: WireRole, limits: WireLimits): WireSession;
}

export type WireRole = 'client' | 'server';

/** May change while a session runs: the server raises `maxFrameBytes` after registration. */
export interface WireLimits {
  maxFrameBytes: number;
  maxDepth: number;
  maxItems: number;
  /** For debugging and tests written by hand. */
  allowJson: boolean;
}

export const defaultWireLimits: WireLimits = {
  maxFrameBytes: 1024 * 1024,
  maxDepth: 32,
  maxItems: 200_000,
  allowJson: false,
};

/**
 * Encodes and decodes one connection, without sockets and timers. `receive` never throws, and returns nothing more after
 * a `violation`.
 */
export interface WireSession {
  receive(chunk: Uint8Array): WireEvent[];
  encode(message: ConfMessage, refId: number): Uint8Array;
  encodePing(nonce: bigint): Uint8Array;
  encodePong(nonce: bigint): Uint8Array;
  encodeClose(code: CloseCode, text?: string): Uint8Array;
  setLimits(limits: Partial<WireLimits>): void;
  /** More than 0 inside a partial frame. */
  readonly bytesPending: number;
}

export type WireEvent =
  /** `bytes` is the size of the body as it was sent, `heldBytes` an estimate of the memory that it takes, for limits. */
  | { kind: 'message'; refId: number; message: ConfMessage; bytes: number; heldBytes: number }
  /** A body that cannot be used. It fails its request, not the connection. */
  | {
      kind: 'malformed';
      refId: number;
      messageId: number;
      code: 'MalformedBody' | 'UnknownMessage';
      detail: string;
    }
  | { kind: 'ping'; nonce: bigint }
  | { kind: 'pong'; nonce: bigint }
  | { kind: 'close'; code: CloseCode; text: string | undefined }
  /** The stream cannot be used any more. Only `reply` may be sent before closing. */
  | { kind: 'violation'; code: ViolationCode; detail: string; reply?: Uint8Array };

export type ViolationCode = 'NotThisProtocol' | 'TlsExpected' | 'ProtocolViolation' | 'FrameTooLarge';

export const closeCodes = [
  'normal',
  'unsupported-version',
  'frame-too-large',
  'protocol-violation',
  'register-timeout',
  'frame-timeout',
  'keep-alive-timeout',
  'slow-consumer',
  'too-many-connections',
  'replaced',
  'idle',
  'shutting-down',
  'not-primary',
] as const;

export type CloseCode = (typeof closeCodes)[number];
