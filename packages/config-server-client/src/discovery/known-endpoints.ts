/** Keeps the last list of a registry through its outages, and tells listeners about changes. */
import type { Logger } from '../surroundings/log.ts';
import { type Endpoint, endpointName } from './endpoint-source.ts';

/** Callbacks for any metrics library. */
export interface DiscoveryMetrics {
  /** The registry answered with so many usable endpoints. */
  answered?(endpoints: number): void;
  /** There was no usable answer; `reason` is one of a small fixed set. */
  failed?(reason: string): void;
}

export interface KnownEndpointsOptions {
  /** Names the registry and the entry in logs, such as `Consul service ocs`. */
  registry: string;
  /** Used until the registry answers for the first time. */
  initial?: readonly Endpoint[] | undefined;
  log: Logger;
  metrics?: DiscoveryMetrics | undefined;
}

export class KnownEndpoints {
  readonly #options: KnownEndpointsOptions;
  readonly #listeners = new Set<(endpoints: readonly Endpoint[]) => void>();
  #endpoints: readonly Endpoint[];
  #hasAnswered = false;
  #problem: string | undefined;

  constructor(options: KnownEndpointsOptions) {
    this.#options = options;
    this.#endpoints = options.initial ?? [];
    this.#problem = `${options.registry} has not answered yet`;
  }

  get current(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** Whether the registry has named any server since the start. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Why the list may be empty or out of date, in plain words; undefined while the registry answers with a list. */
  get problem(): string | undefined {
    return this.#problem;
  }

  subscribe(listener: (endpoints: readonly Endpoint[]) => void): () => void {
    const entry = (endpoints: readonly Endpoint[]) => listener(endpoints);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Takes an answer, best first. An empty one keeps the last list: an outage of the registry must not remove servers. */
  accept(endpoints: readonly Endpoint[], emptyBecause: string): void {
    const { registry, log, metrics } = this.#options;
    this.#notify(() => metrics?.answered?.(endpoints.length));
    if (endpoints.length === 0) {
      this.#hasProblem(emptyBecause);
      return;
    }
    if (this.#problem !== undefined) log.info({ registry, endpoints: endpoints.length }, 'discovery answers');
    this.#problem = undefined;
    const distinct = withoutRepeats(endpoints);
    // Listeners may have started with another list, so they always get the first answer.
    const isNews = !this.#hasAnswered || !isSameList(distinct, this.#endpoints);
    this.#hasAnswered = true;
    if (!isNews) return;
    this.#endpoints = distinct;
    log.info({ registry, endpoints: distinct.map(endpointName) }, 'discovery changed the list of servers');
    for (const listener of [...this.#listeners]) this.#notify(() => listener(distinct));
  }

  /** Keeps the last list after a query without a usable answer. */
  fail(reason: string, problem: string): void {
    this.#notify(() => this.#options.metrics?.failed?.(reason));
    this.#hasProblem(problem);
  }

  forgetListeners(): void {
    this.#listeners.clear();
  }

  #hasProblem(problem: string): void {
    const { registry, log } = this.#options;
    // Logged once per outage instead of at every query.
    if (problem === this.#problem) return;
    this.#problem = problem;
    log.warn(
      { registry, problem, keeps: this.#endpoints.map(endpointName) },
      'discovery keeps the last known list',
    );
  }

  /** A listener that throws must not end the watch. */
  #notify(listener: () => void): void {
    try {
      listener();
    } catch (cause) {
      this.#options.log.error({ err: cause }, 'a listener of the discovery failed');
    }
  }
}

/** Keeps the better entry of an address that is registered twice, such as by a restarted instance with a new id. */
function withoutRepeats(endpoints: readonly Endpoint[]): Endpoint[] {
  const seen = new Set<string>();
  return endpoints.filter((endpoint) => {
    const name = endpointName(endpoint);
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
}

function isSameList(a: readonly Endpoint[], b: readonly Endpoint[]): boolean {
  const key = ({ host, port, role, readOnly, draining, id }: Endpoint) =>
    JSON.stringify([host, port, role, readOnly === true, draining === true, id]);
  return a.length === b.length && a.every((endpoint, index) => key(endpoint) === key(b[index] as Endpoint));
}
