/** Compares docs/reference/metrics.md with the metrics of an Auth API that runs. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../../services/auth-api/test/stack/auth-api.ts';

const page = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8');
let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

it('the page of metrics has every metric that is exposed, with its meaning', () => {
  const metrics = stack.metrics.registry.getMetricsAsArray();
  expect(metrics.length).toBeGreaterThan(30);
  expect(
    metrics.filter(({ name, help }) => !page.includes(`\`${name}\``) || !page.includes(asListed(help))),
  ).toEqual([]);
});

/** Audit events go to Elasticsearch, or to a receiver that an installation names. */
const asListed = (help: string) => help.replace(/(Audit events .*)Elasticsearch/, '$1the receiver');
