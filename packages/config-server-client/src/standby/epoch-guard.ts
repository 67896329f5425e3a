/** Split brain: a server that was primary before somebody else took over must not be believed any more. */
import { endpointName } from '../discovery/endpoint-source.ts';
import { ConfigServerError } from '../errors.ts';
import type { StandbyConnection } from './standby-connection.ts';

export class EpochGuard {
  #highest = 0;

  /** Gives the connection back; closes it and throws NotPrimary when a later epoch was seen. */
  checked<C extends StandbyConnection>(connection: C): C {
    if (connection.serverEpoch >= this.#highest) return connection;
    const error = new ConfigServerError('NotPrimary', 'the server is not the primary one any more', {
      endpoint: endpointName(connection.endpoint),
      detail: `epoch ${connection.serverEpoch}, seen ${this.#highest}`,
    });
    connection.close(error);
    throw error;
  }

  saw(connection: StandbyConnection): void {
    this.#highest = Math.max(this.#highest, connection.serverEpoch);
  }
}
