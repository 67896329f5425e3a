import { readFileSync } from 'node:fs';
import { hostileRequests } from '@gatehouse/testing/hostile';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { opsAuthorization, type RunningApi, startApi } from './running-api.ts';

const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
const requests = hostileRequests(document);
const routes = [...new Set(requests.map(({ method, path }) => `${method} ${path}`))];

let api: RunningApi;
let environmentId: string;
let centerId: string;

beforeAll(async () => {
  api = await startApi({ sendsGeneratedTexts: true, env: { GATEHOUSE_CHECK_STEP_TIMEOUT_MS: '100' } });
  environmentId = await api.environment();
  centerId = await api.contactCenter({ environmentId });
});
afterAll(() => api?.close());

/** Deletes name what is not there, so that the other routes keep what they change. */
const addressOf = (method: string, path: string) =>
  path
    .replace('{id}', () => {
      if (method === 'DELETE') return '00000000-0000-4000-8000-000000000000';
      return path.includes('/environments/') ? environmentId : centerId;
    })
    .replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');

// attack: such a body at Environment API | CVE-2022-39288, ASVS 16.5.3 | guard: packages/service-kit/src/errors/normalize.ts
it.each(routes)(
  '%s survives every body: none, empty, of wrong types, too large',
  async (route) => {
    const failures: string[] = [];
    for (const { name, method, path, headers, payload, isForHandler } of requests) {
      if (!name.startsWith(`${route}:`)) continue;
      for (const authorization of isForHandler ? [opsAuthorization] : ['', opsAuthorization]) {
        const answer = await api.app.inject({
          method: method as 'POST',
          url: addressOf(method, path),
          headers: { ...headers, authorization },
          ...(payload === undefined ? {} : { payload }),
        });
        if (answer.statusCode >= 500)
          failures.push(`${name}: ${answer.statusCode} ${answer.payload.slice(0, 200)}`);
      }
    }
    expect(failures).toEqual([]);
  },
  60_000,
);
