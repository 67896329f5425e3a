/** Ways to misbehave on purpose; for tests of clients only. All are absent in normal service. */
import type { ConfMessage } from '@gatehouse/config-server-client/wire/message';

export interface FaultHooks {
  /** Called for every new connection: serve it, close it at once, or hold it without ever reading. */
  onConnection?: () => 'serve' | 'close' | 'ignore';
  /** Awaited before a request is handled; a promise that never settles is a server that hangs. */
  beforeRequest?: (message: ConfMessage) => Promise<void> | void;
  /** Sees every answer and sends what it likes, as often and in whatever order it likes. */
  onAnswer?: (
    answer: ConfMessage,
    refId: number,
    send: (message: ConfMessage, refId: number) => void,
  ) => void;
  /** The bytes that really go out. */
  onBytes?: (bytes: Uint8Array) => Uint8Array;
  /** Keep-alive polls are not answered. */
  ignorePings?: boolean;
}
