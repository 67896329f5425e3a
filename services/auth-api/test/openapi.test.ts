import { readFileSync } from 'node:fs';
import { openApiOf } from '@gatehouse/service-kit/http';
import type { OpenApiDocument } from '@gatehouse/service-kit/openapi';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeAuthApi } from '../src/describe.ts';
import { type AuthApi, startAuthApi } from './stack/auth-api.ts';

const committed: OpenApiDocument = JSON.parse(
  readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'),
);
const operations = Object.entries(committed.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
);

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_REGISTRATION_TOKEN: 'registration-token-of-the-tests-0123456789',
      GATEHOUSE_OPENAPI_ENABLED: 'true',
    },
  });
});
afterAll(() => stack?.close());

it('is the committed document', async () => {
  const packageUrl = new URL('../package.json', import.meta.url);
  expect(committed).toEqual(await openApiOf({ packageUrl, describe: describeAuthApi }));
});

it('names every operation once, with a summary and a tag, and shows no internal one', () => {
  for (const { operationId, summary, tags, path } of operations) {
    expect([operationId, summary, tags?.length]).toEqual([expect.any(String), expect.any(String), 1]);
    expect(path).not.toContain('/internal/');
  }
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

/** An empty body is refused before anybody is asked who they are; a browser without a session is sent to the page. */
const otherRefusals: Record<string, number> = {
  replaceRegistration: 400,
  answerConsent: 400,
  answerApproval: 400,
  keepUserCode: 303,
  startApp: 400,
  confirmApp: 400,
  renameApp: 400,
  addPasskey: 400,
  renamePasskey: 400,
};

// attack: route that the document calls guarded and the service does not guard | ASVS 8.2.1, OWASP A01 | guard: services/auth-api/src/app.ts
it('refuses requests without credentials exactly where it says so', async () => {
  const wrong: string[] = [];
  for (const {
    operationId = '',
    method,
    path,
    requestBody,
    security = committed.security ?? [],
  } of operations) {
    // Where a header is one of several ways, the form has the credentials, or the request is for anybody.
    if (security.some((one) => Object.keys(one).length === 0)) continue;
    const [type] = Object.keys(requestBody?.content ?? {});
    const body = type && { 'content-type': type };
    const { statusCode } = await stack.app.inject({
      method: method.toUpperCase() as 'GET',
      url: path.replaceAll(/\{\w+\}/g, '5d1f6f52-8f0c-4c5c-9a39-3f8f4f0c9a01'),
      headers: { 'sec-fetch-site': 'same-origin', ...body },
      ...(body && { payload: type.endsWith('json') ? '{}' : '' }),
    });
    const isRefused = [401, 403, otherRefusals[operationId]].includes(statusCode);
    if (isRefused !== security.length > 0) wrong.push(`${method} ${path}: ${statusCode}`);
  }
  expect(wrong).toEqual([]);
}, 60_000);
