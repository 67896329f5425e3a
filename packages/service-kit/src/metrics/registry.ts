/** Holds the Prometheus metrics of one process. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createRequestMetrics, defaultBuckets } from './request-metrics.ts';

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

/** `processMetrics: false` leaves out the event loop and memory series, for tests. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry });
  return {
    registry,
    expose: () => registry.metrics(),
    observeRequest: createRequestMetrics(registry),
    counter: (name, help, labelNames = []) => new Counter({ name, help, labelNames, registers }),
    gauge: (name, help, labelNames = [], collect) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        ...definedOnly({
          collect:
            collect &&
            function (this: Gauge<string>) {
              collect(this);
            },
        }),
      }),
    histogram: (name, help, labelNames = [], buckets = defaultBuckets) =>
      new Histogram({ name, help, labelNames, buckets, registers }),
  };
}
