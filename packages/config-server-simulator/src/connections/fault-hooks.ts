/** Defines the faults that tests of clients can request. In normal service none is set. */
import type { ConfMessage } from '@gatehouse/config-server-client/wire';

export interface FaultHooks {
  /** Called for every new connection: serve it, close it at once, or hold it without ever reading. */
  onConnection?: () => 'serve' | 'close' | 'ignore';
  /** Awaited before a request is handled; a promise that never settles makes the server hang. */
  beforeRequest?: (message: ConfMessage) => Promise<void> | void;
  /** Replaces the sending of every answer: may change, repeat, delay or drop it. */
  onAnswer?: (
    answer: ConfMessage,
    refId: number,
    send: (message: ConfMessage, refId: number) => void,
  ) => void;
  /** Returns the bytes that are sent instead. */
  onBytes?: (bytes: Uint8Array) => Uint8Array;
  /** Keep-alive polls are not answered. */
  ignorePings?: boolean;
}
