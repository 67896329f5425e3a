/** Orders the servers of a round: the last opened one first, those that go out of service last. */
import { type Endpoint, endpointName } from '../discovery/endpoint-source.ts';

export class AttemptOrder {
  #lastOpened: string | undefined;
  #avoided: string | undefined;
  #tried: ReadonlySet<string> = new Set();

  ofRound(listed: readonly Endpoint[]): Endpoint[] {
    const rank = (endpoint: Endpoint) => {
      const name = endpointName(endpoint);
      if (endpoint.draining === true || name === this.#avoided) return 2;
      return name === this.#lastOpened ? 0 : 1;
    };
    const order = [...listed].sort((a, b) => rank(a) - rank(b));
    this.#tried = new Set(order.map(endpointName));
    return order;
  }

  opened(endpoint: Endpoint): void {
    this.#lastOpened = endpointName(endpoint);
    this.#avoided = undefined;
  }

  /** Tries this server last until another one was opened. */
  avoid(endpoint: Endpoint): void {
    this.#avoided = endpointName(endpoint);
  }

  wasLastOpened(endpoint: Endpoint): boolean {
    return endpointName(endpoint) === this.#lastOpened;
  }

  /** Whether a list names a server that the current round does not try. */
  hasNew(listed: readonly Endpoint[]): boolean {
    return listed.some((endpoint) => !this.#tried.has(endpointName(endpoint)));
  }
}

/**
 * Whether a list asks to leave `inUse`: its entry drains and there is another server. An entry that vanished does not
 * end a connection that works.
 */
export function asksToLeave(listed: readonly Endpoint[], inUse: Endpoint): boolean {
  const name = endpointName(inUse);
  const isDraining = listed.some((entry) => entry.draining === true && endpointName(entry) === name);
  return isDraining && listed.some((entry) => entry.draining !== true && endpointName(entry) !== name);
}
