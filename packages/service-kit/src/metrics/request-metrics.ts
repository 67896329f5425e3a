/** Measures every request under our own metric name and under the names that existing dashboards and alert rules use. */
import { Counter, Histogram, type Registry, Summary } from 'prom-client';

/** Upper bounds in seconds. */
export const defaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const name = 'http_request_duration_seconds';

/**
 * Returns the function that records one request. `route` must be a route pattern, never the requested address: otherwise
 * a stranger could create any number of series.
 */
export function createRequestMetrics(registry: Registry) {
  const registers = [registry];
  const durations = new Histogram({
    name,
    help: 'Time from request to response by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: defaultBuckets,
    registers,
  });
  const classicDurations = new Summary({
    name: 'jetty_requests_seconds',
    help: 'Time spent on requests.',
    percentiles: [],
    registers,
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
          if (metricName === `${name}_${part}`) this.inc(labelOf(String(labels.status)), value);
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
    durations.observe({ method, route, status }, seconds);
    classicDurations.observe(seconds);
  };
}
