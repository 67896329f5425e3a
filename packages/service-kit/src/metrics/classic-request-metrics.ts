/** Request metrics under the names that operators' dashboards and alert rules have had for years. */

export interface RequestTotals {
  status: number;
  count: number;
  sumSeconds: number;
}

/** Prometheus text exposition, from the counts of the modern histogram: nothing is counted twice. */
export function classicRequestMetrics(totals: readonly RequestTotals[]): string {
  const byCode = sumBy(totals, ({ status }) => String(status));
  const byClass = sumBy(totals, ({ status }) => `${Math.trunc(status / 100)}xx`);
  const count = totals.reduce((sum, one) => sum + one.count, 0);
  const seconds = totals.reduce((sum, one) => sum + one.sumSeconds, 0);
  return [
    ...counter('gws_responses_total', 'Responses by status code.', labelled('code', byCode)),
    ...counter('jetty_responses_total', 'Responses by class of status codes.', labelled('status', byClass)),
    ...counter('api_requests_seconds_count_total', 'Requests.', [['', count]]),
    ...counter('api_requests_seconds_sum_total', 'Time spent on requests, in seconds.', [['', seconds]]),
    '# HELP jetty_requests_seconds Time spent on requests.',
    '# TYPE jetty_requests_seconds summary',
    `jetty_requests_seconds_sum ${seconds}`,
    `jetty_requests_seconds_count ${count}`,
    '',
  ].join('\n');
}

function sumBy(totals: readonly RequestTotals[], keyOf: (one: RequestTotals) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const one of totals) sums.set(keyOf(one), (sums.get(keyOf(one)) ?? 0) + one.count);
  return sums;
}

type Sample = readonly [labels: string, value: number];

function labelled(label: string, sums: ReadonlyMap<string, number>): Sample[] {
  return [...sums].map(([value, sum]) => [`{${label}="${value}"}`, sum]);
}

function counter(name: string, help: string, samples: readonly Sample[]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} counter`,
    ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}
