/** Finds the servers of one environment by DNS SRV records (RFC 2782), asked again at an interval. */
import { Resolver } from 'node:dns/promises';
import { type Clock, pause, systemClock } from '../clock.ts';
import { type Logger, silentLogger } from '../log.ts';
import type { Endpoint, EndpointSource } from './endpoint-source.ts';
import { type DiscoveryMetrics, KnownEndpoints } from './known-endpoints.ts';
import { QueryPace } from './query-pace.ts';
import { orderSrvRecords, type SrvRecord } from './srv-order.ts';

export interface DnsSrvEndpointsOptions {
  /** Full name of the record, such as `_ocs._tcp.config.example`. */
  name: string;
  /** From one look-up to the next. Default 30 000, at least 1 000. */
  refreshIntervalMs?: number;
  /** `address` or `address:port` of name servers to ask. Default: those of the machine. */
  nameServers?: readonly string[] | undefined;
  /** Used until the name is found for the first time. */
  initial?: readonly Endpoint[] | undefined;
  clock?: Clock;
  /** Uniform in [0, 1), for the choice by weight and for jitter. */
  random?: () => number;
  log?: Logger;
  metrics?: DiscoveryMetrics;
}

const answerLimitMs = 3_000;
const tries = 2;

/** The targets of an SRV record, from now on; a failed or empty look-up keeps the last ones. Throws TypeError. */
export function dnsSrvEndpoints(options: DnsSrvEndpointsOptions): EndpointSource {
  return new DnsSrvEndpoints(options);
}

class DnsSrvEndpoints implements EndpointSource {
  readonly #name: string;
  readonly #refreshIntervalMs: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #resolver = new Resolver({ timeout: answerLimitMs, tries });
  readonly #known: KnownEndpoints;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #records = '';

  constructor(options: DnsSrvEndpointsOptions) {
    const { name, initial, metrics, nameServers } = options;
    this.#name = name;
    this.#refreshIntervalMs = options.refreshIntervalMs ?? 30_000;
    if (name === '') throw new TypeError('the name of the SRV record is missing');
    if (!(this.#refreshIntervalMs >= 1_000)) {
      throw new TypeError('SRV records must not be asked for more than once a second');
    }
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    if (nameServers !== undefined && nameServers.length > 0) this.#resolver.setServers([...nameServers]);
    this.#known = new KnownEndpoints({
      registry: `SRV record ${name}`,
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
    this.#resolver.cancel();
    await this.#running;
  }

  async #watch(): Promise<void> {
    const pace = new QueryPace({
      intervalMs: this.#refreshIntervalMs,
      firstPauseMs: 1_000,
      longestPauseMs: this.#refreshIntervalMs,
      random: this.#random,
    });
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const startedAtMs = this.#clock.monotonicMs();
      const agoMs = () => this.#clock.monotonicMs() - startedAtMs;
      let delayMs: number;
      try {
        const records = await this.#resolver.resolveSrv(this.#name);
        if (signal.aborted) return;
        this.#read(records);
        delayMs = pace.afterAnswerMs(agoMs());
      } catch (cause) {
        if (signal.aborted) return;
        const code = (cause as { code?: string }).code ?? 'unknown';
        this.#known.fail(code, `the look-up of ${this.#name} failed: ${code}`);
        delayMs = pace.afterFailureMs(agoMs());
      }
      await pause(this.#clock, delayMs, signal);
    }
  }

  #read(records: readonly SrvRecord[]): void {
    const usable = records.filter(({ name, port }) => name !== '' && name !== '.' && port > 0);
    const endpoints = this.#inOrder(usable);
    this.#known.accept(endpoints, `${this.#name} names no server`);
  }

  /** The choice by weight is made once for a set of records: an order that changed at every look-up would be no order. */
  #inOrder(records: readonly SrvRecord[]): readonly Endpoint[] {
    if (records.length === 0) return [];
    const fingerprint = records
      .map(({ name, port, priority, weight }) => `${name}:${port} ${priority} ${weight}`)
      .sort()
      .join();
    if (fingerprint === this.#records) return this.#known.current;
    this.#records = fingerprint;
    return orderSrvRecords(records, this.#random).map(({ name, port }) => {
      const host = name.replace(/\.$/, '');
      return { id: `${host}:${port}`, host, port };
    });
  }
}
