/** Holds the Prometheus metrics of one process. */
import { definedOnly } from '@gatehouse/contracts/values';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createRequestMetrics, defaultBuckets } from './request-metrics.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** `processMetrics: false` leaves out the event loop and memory series, for tests. */
export function createMetrics(options: { processMetrics?: boolean } = {}) {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry });
  return {
    registry,
    /** Prometheus text exposition of everything. */
    expose: (): Promise<string> => registry.metrics(),
    observeRequest: createRequestMetrics(registry),
    counter: (name: string, help: string, labelNames: readonly string[] = []): Counter<string> =>
      new Counter({ name, help, labelNames, registers }),
    /** `collect` sets the values when they are read, for those that change by themselves. */
    gauge: (
      name: string,
      help: string,
      labelNames: readonly string[] = [],
      collect?: (gauge: Gauge<string>) => void,
    ): Gauge<string> =>
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
    histogram: (
      name: string,
      help: string,
      labelNames: readonly string[] = [],
      buckets: number[] = defaultBuckets,
    ): Histogram<string> => new Histogram({ name, help, labelNames, buckets, registers }),
  };
}
