/** The byte seam: what turns a stream into typed messages and back, keep-alive and version included. */
import type { ConfMessage } from './message.ts';

export interface WireProtocol {
  readonly name: string;
  createSession(role: WireRole, limits: WireLimits): WireSession;
}

export type WireRole = 'client' | 'server';

/** May be changed while a session runs: the server raises `maxFrameBytes` after registration. */
export interface WireLimits {
  maxFrameBytes: number;
  maxDepth: number;
  maxItems: number;
  /** JSON bodies are for debugging and hand-written tests. */
  allowJson: boolean;
}

export const defaultWireLimits: WireLimits = {
  maxFrameBytes: 1024 * 1024,
  maxDepth: 32,
  maxItems: 200_000,
  allowJson: false,
};

/**
 * One direction pair of one connection. Pure: no sockets, no timers, never throws from `receive`.
 * After a `violation` the session is dead and `receive` returns nothing more.
 */
export interface WireSession {
  receive(chunk: Uint8Array): WireEvent[];
  encode(message: ConfMessage, refId: number): Uint8Array;
  encodePing(nonce: bigint): Uint8Array;
  encodePong(nonce: bigint): Uint8Array;
  encodeClose(code: CloseCode, text?: string): Uint8Array;
  setLimits(limits: Partial<WireLimits>): void;
  /** More than 0 inside a partial frame: the owner's frame timer runs. */
  readonly bytesPending: number;
}

export type WireEvent =
  /** `bytes` is the size of the body, for whoever bounds a queue. */
  | { kind: 'message'; refId: number; message: ConfMessage; bytes: number }
  /** One body that cannot be used; fails its request, never the connection. */
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
  /** The stream is not usable any more. `reply` is what may be sent before closing; without it nothing must be sent. */
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
