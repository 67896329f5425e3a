import { readFileSync } from 'node:fs';
import type { App } from '@gatehouse/service-kit/http';
import { hostileRequests } from '@gatehouse/testing/hostile';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp } from '../test-app.ts';

const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
});
afterAll(async () => {
  await app?.close();
  await authApi?.close();
});

// attack: such a body at Auth UI | CVE-2022-39288, ASVS 16.5.3 | guard: packages/service-kit/src/errors/normalize.ts
it('no body of a form, absent, empty, of wrong types or too large, leads to a 5xx', async () => {
  const failures: string[] = [];
  for (const { name, method, path, headers, payload } of hostileRequests(document)) {
    const answer = await app.inject({
      method: method as 'POST',
      url: path,
      headers: { ...headers, 'sec-fetch-site': 'same-origin' },
      ...(payload === undefined ? {} : { payload }),
    });
    if (answer.statusCode >= 500) failures.push(`${name}: ${answer.statusCode}`);
  }
  expect(failures).toEqual([]);
}, 60_000);
