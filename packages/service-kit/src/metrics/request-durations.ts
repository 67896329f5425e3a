/** The histogram of request durations. It is written on every request, so it counts in plain arrays and names its series once. */

import { classicRequestMetrics, type RequestTotals } from './classic-request-metrics.ts';

const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const name = 'http_request_duration_seconds';

interface Series {
  labels: string;
  status: number;
  /** Requests up to each bound; the last place counts all. */
  counts: number[];
  sumSeconds: number;
}

export interface RequestDurations {
  /** `route` is a pattern of ours, never an address: strangers cannot make series. */
  observe(method: string, route: string, status: number, seconds: number): void;
  /** Prometheus text exposition. */
  expose(): string;
}

export function createRequestDurations(): RequestDurations {
  const routes = new Map<string, Map<string, Series>>();

  function seriesOf(method: string, route: string, status: number): Series {
    let outcomes = routes.get(route);
    if (!outcomes) {
      outcomes = new Map();
      routes.set(route, outcomes);
    }
    const key = `${method} ${status}`;
    let series = outcomes.get(key);
    if (!series) {
      const labels = `method="${method}",route="${escapeLabel(route)}",status="${status}"`;
      series = {
        labels,
        status,
        counts: new Array<number>(bucketsSeconds.length + 1).fill(0),
        sumSeconds: 0,
      };
      outcomes.set(key, series);
    }
    return series;
  }

  return {
    observe(method, route, status, seconds) {
      const series = seriesOf(method, route, status);
      series.sumSeconds += seconds;
      let place = 0;
      while (place < bucketsSeconds.length && seconds > (bucketsSeconds[place] as number)) place += 1;
      series.counts[place] = (series.counts[place] as number) + 1;
    },
    expose() {
      const lines = [
        `# HELP ${name} Time from request to response by route pattern.`,
        `# TYPE ${name} histogram`,
      ];
      for (const outcomes of routes.values()) {
        for (const series of outcomes.values()) lines.push(...exposeSeries(series));
      }
      return `${lines.join('\n')}\n${classicRequestMetrics(totalsOf(routes))}`;
    },
  };
}

function totalsOf(routes: ReadonlyMap<string, ReadonlyMap<string, Series>>): RequestTotals[] {
  return [...routes.values()].flatMap((outcomes) =>
    [...outcomes.values()].map(({ status, counts, sumSeconds }) => ({
      status,
      sumSeconds,
      count: counts.reduce((sum, one) => sum + one, 0),
    })),
  );
}

function exposeSeries({ labels, counts, sumSeconds }: Series): string[] {
  let total = 0;
  const buckets = counts.map((count, place) => {
    total += count;
    return `${name}_bucket{${labels},le="${bucketsSeconds[place] ?? '+Inf'}"} ${total}`;
  });
  return [...buckets, `${name}_sum{${labels}} ${sumSeconds}`, `${name}_count{${labels}} ${total}`];
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
