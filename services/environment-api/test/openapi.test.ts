import { readFile } from 'node:fs/promises';
import { openApiOf } from '@gatehouse/service-kit/http';
import { inlined, type OpenApiDocument } from '@gatehouse/service-kit/openapi';
import { beforeAll, expect, it } from 'vitest';
import { describeEnvironmentApi } from '../src/openapi.ts';

let document: OpenApiDocument;
const packageUrl = new URL('../package.json', import.meta.url);

beforeAll(async () => {
  document = await openApiOf({ packageUrl, describe: describeEnvironmentApi });
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
    .map(({ responses }) => JSON.stringify(inlined(responses, document)));
  for (const answer of answers) expect(answer).not.toContain('"password"');
});
