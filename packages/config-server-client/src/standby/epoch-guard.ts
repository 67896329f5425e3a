/** Refuses a server that was primary before another one took over (split brain). */

import { ConfigServerError } from '@gatehouse/people-directory';
import type { StandbyConnection } from '../connection/connection.ts';
import { endpointName } from '../discovery/endpoint-source.ts';

export class EpochGuard {
  #maxSeen = 0;

  /** Returns the connection, or closes it and throws NotPrimary when a later epoch was seen. */
  checked<C extends StandbyConnection>(connection: C): C {
    if (connection.serverEpoch >= this.#maxSeen) return connection;
    const error = new ConfigServerError('NotPrimary', 'the server is not the primary one any more', {
      endpoint: endpointName(connection.endpoint),
      detail: `epoch ${connection.serverEpoch}, seen ${this.#maxSeen}`,
    });
    connection.close(error);
    throw error;
  }

  saw(connection: StandbyConnection): void {
    this.#maxSeen = Math.max(this.#maxSeen, connection.serverEpoch);
  }
}
