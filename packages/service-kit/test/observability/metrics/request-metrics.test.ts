import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/observability/metrics/registry.ts';

describe('the classic request metrics', () => {
  it('tell the same as the histogram, by code, by class and in all', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.observeRequest('GET', '/a', 200, 0.25);
    metrics.observeRequest('POST', '/a', 200, 0.25);
    metrics.observeRequest('GET', '/b', 204, 0.25);
    metrics.observeRequest('GET', '/b', 503, 0.25);

    const lines = (await metrics.expose()).split('\n');

    expect(lines).toEqual(
      expect.arrayContaining([
        'gws_responses_total{code="200"} 2',
        'gws_responses_total{code="204"} 1',
        'gws_responses_total{code="503"} 1',
        'jetty_responses_total{status="2xx"} 3',
        'jetty_responses_total{status="5xx"} 1',
        'api_requests_seconds_count_total 4',
        'api_requests_seconds_sum_total 1',
        'jetty_requests_seconds_sum 1',
        'jetty_requests_seconds_count 4',
      ]),
    );
  });
});
