/** The connection for changes when the server in use takes none: opened on demand, closed when it is not needed. */
import type { Clock, Timer } from './clock.ts';
import { ConfigServerError, isConfigServerError } from './errors.ts';
import type { ServerLink } from './server-link.ts';

const defaultIdleCloseMs = 60_000;

export class WriteLink {
  readonly #open: () => ServerLink;
  readonly #clock: Clock;
  readonly #idleCloseMs: number;
  #link: ServerLink | undefined;
  #users = 0;
  #idle: Timer | undefined;
  #isClosed = false;

  constructor(open: () => ServerLink, clock: Clock, idleCloseMs = defaultIdleCloseMs) {
    this.#open = open;
    this.#clock = clock;
    this.#idleCloseMs = idleCloseMs;
  }

  /** Runs a change. Errors: ReadOnly when no server takes changes, else those of `run`. */
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
        this.#idle = this.#clock.setTimer(this.#idleCloseMs, () => this.#drop());
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
