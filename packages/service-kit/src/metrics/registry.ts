/** Prometheus metrics of one process. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createRequestDurations } from './request-durations.ts';

export interface Metrics {
  readonly registry: Registry;
  /** Prometheus text exposition of everything. */
  expose(): Promise<string>;
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  counter(name: string, help: string, labels?: readonly string[]): Counter<string>;
  /** `collect` sets the values when they are read, for those that change by themselves. */
  gauge(
    name: string,
    help: string,
    labels?: readonly string[],
    collect?: (gauge: Gauge<string>) => void,
  ): Gauge<string>;
  histogram(
    name: string,
    help: string,
    labels?: readonly string[],
    bucketsSeconds?: number[],
  ): Histogram<string>;
}

const defaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `processMetrics: false` leaves out the event loop and memory series, for tests. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry });
  const durations = createRequestDurations();
  return {
    registry,
    expose: async () => `${await registry.metrics()}${durations.expose()}`,
    observeRequest: durations.observe,
    counter: (name, help, labelNames = []) => new Counter({ name, help, labelNames, registers }),
    gauge: (name, help, labelNames = [], collect) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        ...(collect
          ? {
              collect() {
                collect(this);
              },
            }
          : {}),
      }),
    histogram: (name, help, labelNames = [], buckets = defaultBuckets) =>
      new Histogram({ name, help, labelNames, buckets, registers }),
  };
}
