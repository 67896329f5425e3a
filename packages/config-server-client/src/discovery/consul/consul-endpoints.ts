/** Finds the servers of one environment in Consul's health endpoint, and learns of changes by blocking queries. */
import { type Clock, pause, systemClock } from '../../clock.ts';
import { type Logger, silentLogger } from '../../log.ts';
import type { Endpoint, EndpointSource } from '../endpoint-source.ts';
import { type DiscoveryMetrics, KnownEndpoints } from '../known-endpoints.ts';
import { QueryPace } from '../query-pace.ts';
import { nextIndex, type QueryIndex } from './blocking-index.ts';
import type { ConsulAccess } from './consul-access.ts';
import { ConsulAgent, type ConsulAnswer } from './consul-agent.ts';
import { ConsulFailure, toConsulFailure } from './consul-failure.ts';
import { parseHealthEntries } from './health-entries.ts';

export interface ConsulEndpointsOptions extends ConsulAccess {
  /** Name of the service in Consul. */
  service: string;
  /** Only instances with this tag. */
  tag?: string | undefined;
  /** Used until Consul answers for the first time. */
  initial?: readonly Endpoint[] | undefined;
  /** How long Consul may hold a query back while nothing changes. Default 55, at most 600. */
  waitSeconds?: number;
  clock?: Clock;
  /** Uniform in [0, 1), for jitter only. */
  random?: () => number;
  log?: Logger;
  metrics?: DiscoveryMetrics;
}

/** A query that does not wait for a change. Consul itself holds one for 7 s while it has no leader. */
const plainTimeLimitMs = 10_000;

/**
 * The healthy instances of a service, from now on; nothing that happens to Consul takes a known server away.
 * Throws TypeError on an address or settings that cannot or must not be used.
 */
export function consulEndpoints(options: ConsulEndpointsOptions): EndpointSource {
  return new ConsulEndpoints(options);
}

class ConsulEndpoints implements EndpointSource {
  readonly #options: ConsulEndpointsOptions;
  readonly #clock: Clock;
  readonly #agent: ConsulAgent;
  readonly #known: KnownEndpoints;
  readonly #waitSeconds: number;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: ConsulEndpointsOptions) {
    const { service, initial, metrics } = options;
    if (service === '') throw new TypeError('the name of the service in Consul is missing');
    this.#waitSeconds = options.waitSeconds ?? 55;
    if (!Number.isInteger(this.#waitSeconds) || this.#waitSeconds < 1 || this.#waitSeconds > 600) {
      throw new TypeError('the wait of a Consul query must be 1 to 600 whole seconds');
    }
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#agent = new ConsulAgent(options, this.#clock);
    this.#known = new KnownEndpoints({
      registry: `Consul service ${service}`,
      initial,
      log: options.log ?? silentLogger,
      metrics,
    });
    this.#running = this.#watch();
  }

  get problem(): string | undefined {
    return this.#known.problem;
  }

  current(): readonly Endpoint[] {
    return this.#known.current;
  }

  subscribe(listener: (endpoints: readonly Endpoint[]) => void): () => void {
    return this.#known.subscribe(listener);
  }

  async close(): Promise<void> {
    this.#known.forgetListeners();
    this.#closing.abort();
    await this.#running;
  }

  async #watch(): Promise<void> {
    const pace = new QueryPace({
      intervalMs: 1_000,
      firstPauseMs: 1_000,
      longestPauseMs: 60_000,
      random: this.#options.random ?? Math.random,
    });
    const { signal } = this.#closing;
    let index: QueryIndex;
    while (!signal.aborted) {
      const startedAtMs = this.#clock.monotonicMs();
      const agoMs = () => this.#clock.monotonicMs() - startedAtMs;
      let delayMs: number;
      try {
        const answer = await this.#query(index);
        if (signal.aborted) return;
        this.#read(answer);
        index = nextIndex(index, answer.index);
        delayMs = pace.afterAnswerMs(agoMs());
      } catch (cause) {
        if (signal.aborted) return;
        const { reason, message } = toConsulFailure(cause);
        this.#known.fail(reason, message);
        // The agent may come back with another history, in which a wait for our index would hide every change.
        index = undefined;
        delayMs = pace.afterFailureMs(agoMs());
      }
      await pause(this.#clock, delayMs, signal);
    }
  }

  #query(index: QueryIndex): Promise<ConsulAnswer> {
    const { service, tag } = this.#options;
    const waitMs = this.#waitSeconds * 1_000;
    const blocking = index === undefined ? {} : { index: index.toString(), wait: `${this.#waitSeconds}s` };
    return this.#agent.call({
      // Consul adds up to a sixteenth of the wait, so that many watchers do not return at once.
      timeLimitMs: index === undefined ? plainTimeLimitMs : waitMs + waitMs / 16 + 6_000,
      signal: this.#closing.signal,
      send: (consul, context) =>
        consul.health.service({ service, passing: true, ...(tag ? { tag } : {}), ...blocking, ...context }),
    });
  }

  #read({ body }: ConsulAnswer): void {
    const entries = parseHealthEntries(body);
    if (entries === undefined) {
      throw new ConsulFailure('malformed', 'Consul answered something that is not a list of instances');
    }
    const { service } = this.#options;
    this.#known.accept(
      entries.endpoints,
      entries.unusable > 0
        ? `no instance of ${service} in Consul has a usable address and port`
        : // Without the right to read the service Consul answers the same: an empty list, not an error.
          `Consul lists no healthy instance of ${service}; if there are some, the token may not read them`,
    );
  }
}
