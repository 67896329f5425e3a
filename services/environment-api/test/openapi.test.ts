import { readFile } from 'node:fs/promises';
import { createDrain } from '@gatehouse/service-kit/http/drain';
import { createLogger } from '@gatehouse/service-kit/logging/logger';
import { createMetrics } from '@gatehouse/service-kit/metrics/registry';
import { beforeAll, expect, it } from 'vitest';
import { describeApp } from '../src/openapi.ts';

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
}

let document: { info: { version: string }; paths: Record<string, Record<string, Operation>> };
const packageUrl = new URL('../package.json', import.meta.url);

beforeAll(async () => {
  const { version } = JSON.parse(await readFile(packageUrl, 'utf8'));
  const log = createLogger('environment-api', { level: 'silent', format: 'json' });
  const app = await describeApp({
    log,
    metrics: createMetrics({ processMetrics: false }),
    drain: createDrain(),
    version,
    describesApi: true,
  });
  await app.ready();
  document = JSON.parse(JSON.stringify(app.swagger()));
  await app.close();
});

it('is the committed document', async () => {
  const committed = JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8'));
  expect(committed).toEqual(document);
});

it('names every operation once, with a summary and a tag', () => {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(20);
  for (const { operationId, summary, tags } of operations) {
    expect([operationId, summary, tags?.length]).toEqual([expect.any(String), expect.any(String), 1]);
  }
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

it('shows no password in any answer', () => {
  const answers = Object.values(document.paths)
    .flatMap((path) => Object.values(path))
    .map((operation) => JSON.stringify((operation as { responses: unknown }).responses));
  for (const answer of answers) expect(answer).not.toContain('"password"');
});
