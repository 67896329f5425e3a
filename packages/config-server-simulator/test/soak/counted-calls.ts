/** Counts how calls end, and notices one that ends twice, never, or in a way that no caller was promised. */

import type { ConnectionMetrics } from '@gatehouse/config-server-client/surroundings';
import type { ConfMessage } from '@gatehouse/config-server-client/wire';
import { type ConfigServerErrorCode, isConfigServerError } from '@gatehouse/people-directory';

/** What a call may end with while servers and networks fail. */
const promised: ReadonlySet<ConfigServerErrorCode> = new Set<ConfigServerErrorCode>([
  'Aborted',
  'ConnectionLost',
  'MalformedBody',
  'NoEndpoint',
  'OutcomeUnknown',
  // A page that the proxy swallowed: the list is not the one that was announced, and is not passed off as whole.
  'ProtocolViolation',
  'QueueFull',
  'RequestTimeout',
]);

export class CountedCalls {
  started = 0;
  succeeded = 0;
  /** Authentications that the server was asked for a second time: they would count twice towards a lock-out. */
  authenticatedTwice = 0;
  readonly failures: Partial<Record<ConfigServerErrorCode, number>> = {};
  /** The client's own count of ends; a promise alone would hide a second one. */
  readonly metrics: ConnectionMetrics = {
    callSettled: () => {
      this.#settled += 1;
    },
  };
  #settled = 0;
  /** Calls that have not ended, with how often the server saw each. */
  readonly #pending = new Map<string, number>();

  get pending(): number {
    return this.#pending.size;
  }

  /** More ends than calls that ended. */
  get settledTwice(): number {
    return this.#settled - (this.started - this.pending);
  }

  /** `call` gets a name of its own, to be sent as the address of the client. */
  async run(call: (name: string) => Promise<unknown>): Promise<void> {
    this.started += 1;
    const name = `call ${this.started}`;
    this.#pending.set(name, 0);
    try {
      await call(name);
      this.succeeded += 1;
    } catch (error) {
      if (!isConfigServerError(error) || !promised.has(error.code)) throw error;
      this.failures[error.code] = (this.failures[error.code] ?? 0) + 1;
    } finally {
      this.#pending.delete(name);
    }
  }

  /** Every request that reaches the server. */
  seenByServer(message: ConfMessage): void {
    if (message.name !== 'RequestAuthenticate') return;
    const name = message.body.clientAddress ?? '';
    const times = this.#pending.get(name);
    if (times === undefined) return;
    this.#pending.set(name, times + 1);
    if (times > 0) this.authenticatedTwice += 1;
  }
}
