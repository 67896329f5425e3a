/** Defines the callbacks by which a client reports its figures to any metrics library. */
import type { BackendState, ConfigServerErrorCode } from '@gatehouse/people-directory';

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
  /** Calls of this client that wait for a free place in a window or for a connection. */
  queueDepth?(waiting: number): void;
  /** Requests of this client that were sent and are not answered, over all its connections. */
  inFlight?(requests: number): void;
  /** An answer was dropped: `late` after its caller gave up, `unknown` when it answers no request. */
  answerDropped?(kind: 'late' | 'unknown'): void;
}
