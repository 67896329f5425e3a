/** What the warm standby needs to know of a connection. */
import type { Endpoint } from '../discovery/endpoint-source.ts';
import type { ConfigServerError } from '../errors.ts';

export interface StandbyConnection {
  readonly endpoint: Endpoint;
  /** Resolves when the connection is of no more use. */
  readonly ended: Promise<ConfigServerError>;
  readonly serverEpoch: number;
  close(error: ConfigServerError): void;
  /** Resolves when nothing is in flight any more. */
  drained(): Promise<void>;
}
