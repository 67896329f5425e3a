/** Connections that get no new calls and are closed when their last one has ended. */
import { ConfigServerError } from '../errors.ts';
import type { StandbyConnection } from './standby-connection.ts';

export class DrainingConnections {
  readonly #connections = new Set<StandbyConnection>();

  add(connection: StandbyConnection): void {
    this.#connections.add(connection);
    void connection.drained().then(() => {
      this.#connections.delete(connection);
      connection.close(new ConfigServerError('ConnectionLost', 'the connection was replaced'));
    });
  }

  close(error: () => ConfigServerError): void {
    for (const connection of this.#connections) connection.close(error());
  }
}
