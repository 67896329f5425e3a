/** What a connection tells about itself; plain callbacks, so that any metrics library can listen. */
import type { BackendState } from './backend.ts';
import type { ConfigServerErrorCode } from './errors.ts';

export interface ConnectionMetrics {
  /** A call ended; `outcome` is `ok` or an error code. */
  callSettled?(call: string, outcome: 'ok' | ConfigServerErrorCode, durationMs: number): void;
  stateChanged?(state: BackendState): void;
  connectionOpened?(endpoint: string): void;
  /** An attempt failed, or an open connection was lost. */
  connectionFailed?(endpoint: string, code: ConfigServerErrorCode): void;
  keepAliveRoundTrip?(roundTripMs: number): void;
  keepAlivePoll?(): void;
  keepAliveLost?(): void;
  /** Calls of this client that wait for a free place in a window, or for a connection. */
  queueDepth?(waiting: number): void;
  /** Requests of this client that were sent and are not answered, over all its connections. */
  inFlight?(requests: number): void;
  /** Answers that were dropped because nobody waits for them any more, or that nobody ever asked for. */
  answerDropped?(kind: 'late' | 'unknown'): void;
}
