/** Opens a second connection for changes when the main server is read-only, and closes it when it is idle. */

import { ConfigServerError, isConfigServerError } from '@gatehouse/people-directory';
import type { Connection } from '../connection/connection.ts';
import type { WarmStandby } from '../standby/warm-standby.ts';
import type { Clock, Timer } from '../surroundings/clock.ts';

export type ServerLink = WarmStandby<Connection>;

const idleCloseMs = 60_000;

export class WriteLink {
  readonly #open: () => ServerLink;
  readonly #clock: Clock;
  #link: ServerLink | undefined;
  #users = 0;
  #idle: Timer | undefined;
  #isClosed = false;

  constructor(open: () => ServerLink, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  /** Runs a change. Errors: ReadOnly when no writable server can be reached, else those of `run`. */
  async use<T>(run: (link: ServerLink) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new ConfigServerError('ClientClosed', 'the client is closed');
    this.#idle?.cancel();
    this.#link ??= this.#open();
    this.#users += 1;
    try {
      return await run(this.#link);
    } catch (cause) {
      if (!isConfigServerError(cause, 'NoEndpoint')) throw cause;
      throw new ConfigServerError('ReadOnly', 'no server that takes changes can be reached', {
        cause,
        detail: cause.detail,
      });
    } finally {
      this.#users -= 1;
      if (this.#users === 0 && !this.#isClosed)
        this.#idle = this.#clock.setTimer(idleCloseMs, () => this.#drop());
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idle?.cancel();
    await this.#link?.close();
  }

  #drop(): void {
    void this.#link?.close();
    this.#link = undefined;
  }
}
