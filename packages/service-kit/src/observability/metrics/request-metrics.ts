/**
 * Measures every request under our own metric name and under the names that existing dashboards and alert rules use.
 * Counts in plain arrays, an optimisation: prom-client hashes the label values of every observation (figures: docs/contributing/decisions/signatures-by-node-crypto.md).
 */
import { Counter, type Registry } from 'prom-client';

/** Upper bounds in seconds. */
export const defaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const name = 'http_request_duration_seconds';

/**
 * Returns the function that records one request. `route` must be a route pattern, never the requested address: otherwise
 * a stranger could create any number of series.
 */
export function createRequestMetrics(registry: Registry) {
  const registers = [registry];
  const series = new Map<string, Series>();

  /** Gives the registry a metric whose values are read from the series. */
  function register(
    metric: { name: string; help: string; type: 'histogram' | 'summary' },
    values: () => Value[],
  ) {
    const get = async () => ({ ...metric, aggregator: 'sum', values: values() });
    registry.registerMetric({ ...metric, aggregator: 'sum', get, reset() {} } as never);
    return { get };
  }

  const durations = register(
    { name, help: 'Time from request to response by route pattern.', type: 'histogram' },
    () => [...series.values()].flatMap(valuesOf),
  );
  register({ name: 'jetty_requests_seconds', help: 'Time spent on requests.', type: 'summary' }, () => {
    const all = [...series.values()];
    const sum = all.reduce((total, one) => total + one.sumSeconds, 0);
    const count = all.reduce((total, one) => total + countOf(one), 0);
    return [
      { metricName: 'jetty_requests_seconds_sum', labels: {}, value: sum },
      { metricName: 'jetty_requests_seconds_count', labels: {}, value: count },
    ];
  });

  /** Registers a counter that is summed from the histogram when it is read; `labelOf` derives its label from the status. */
  function deriveCounter(
    counter: { name: string; help: string; labelNames?: string[] },
    part: 'count' | 'sum',
    labelOf: (status: string) => Record<string, string>,
  ): void {
    new Counter({
      ...counter,
      registers,
      async collect() {
        const { values } = await durations.get();
        this.reset();
        for (const { metricName, labels, value } of values)
          if (metricName === `${name}_${part}`) this.inc(labelOf(String(labels['status'])), value);
      },
    });
  }

  deriveCounter(
    { name: 'gws_responses_total', help: 'Responses by status code.', labelNames: ['code'] },
    'count',
    (code) => ({ code }),
  );
  deriveCounter(
    { name: 'jetty_responses_total', help: 'Responses by class of status codes.', labelNames: ['status'] },
    'count',
    (code) => ({ status: `${code.slice(0, 1)}xx` }),
  );
  deriveCounter({ name: 'api_requests_seconds_count_total', help: 'Requests.' }, 'count', () => ({}));
  deriveCounter(
    { name: 'api_requests_seconds_sum_total', help: 'Time spent on requests, in seconds.' },
    'sum',
    () => ({}),
  );

  return (method: string, route: string, status: number, seconds: number): void => {
    const key = `${method} ${status} ${route}`;
    let one = series.get(key);
    if (one === undefined) {
      one = {
        labels: { method, route, status },
        counts: defaultBuckets.map(() => 0).concat(0),
        sumSeconds: 0,
      };
      series.set(key, one);
    }
    let place = 0;
    while (place < defaultBuckets.length && seconds > (defaultBuckets[place] ?? 0)) place += 1;
    one.counts[place] = (one.counts[place] ?? 0) + 1;
    one.sumSeconds += seconds;
  };
}

/** The requests of one method, route and status. */
interface Series {
  labels: Labels;
  /** Requests by bucket; the last place counts those above every bound. */
  counts: number[];
  sumSeconds: number;
}

type Labels = Record<string, string | number>;

interface Value {
  metricName: string;
  labels: Labels;
  value: number;
}

function countOf({ counts }: Series): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function valuesOf({ labels, counts, sumSeconds }: Series): Value[] {
  let total = 0;
  const buckets = counts.map((count, place) => {
    total += count;
    return {
      metricName: `${name}_bucket`,
      labels: { le: defaultBuckets[place] ?? '+Inf', ...labels },
      value: total,
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
