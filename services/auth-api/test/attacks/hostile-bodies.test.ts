import { readFileSync } from 'node:fs';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { openApiOf } from '@gatehouse/service-kit/http';
import { hostileRequests } from '@gatehouse/testing/hostile';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInternalAuthApi } from '../../src/describe.ts';
import { type AuthApi, contactCenterId, ops, startAuthApi } from '../stack/auth-api.ts';
import { createClient, passwordTokens, type TestClient } from '../stack/oauth.ts';

const described = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));
const internal = await openApiOf({
  packageUrl: new URL('../../package.json', import.meta.url),
  describe: describeInternalAuthApi,
});
const registrationToken = 'registration-token-of-the-tests-0123456789';
const requests = [described, internal].flatMap(hostileRequests);

let stack: AuthApi;
let client: TestClient;
let userToken: string;

beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_REGISTRATION_TOKEN: registrationToken } });
  client = await createClient(stack);
  userToken = (await passwordTokens(stack, client)).access_token;
});
afterAll(() => stack?.close());

function authorizationFor(path: string): string {
  if (path.includes('/ops/')) return basicAuthorization(ops.username, ops.password);
  if (path.includes('/register')) return `Bearer ${registrationToken}`;
  if (path.includes('/oauth/')) return basicAuthorization(client.clientId, client.clientSecret ?? '');
  return `Bearer ${userToken}`;
}

const addressOf = (path: string) =>
  path
    .replace('{client_id}', client.clientId)
    .replace(/\{(contactCenterId|id)\}/, contactCenterId)
    .replace('{place}', '-')
    .replace('{kid}', 'some-kid');

const routes = [...new Set(requests.map(({ method, path }) => `${method} ${path}`))];

// attack: body that is absent, of a wrong type or too large | CVE-2022-39288, ASVS 16.5.3 | guard: services/auth-api/src/core/protocol/parameters.ts
it.each(routes)(
  '%s survives every body: none, empty, of wrong types, too large',
  async (route) => {
    const failures: string[] = [];
    for (const { name, method, path, headers, payload, isForHandler } of requests) {
      if (!name.startsWith(`${route}:`)) continue;
      const known = authorizationFor(path);
      for (const authorization of isForHandler ? [known] : [undefined, known]) {
        const answer = await stack.app.inject({
          method: method as 'POST',
          url: addressOf(path),
          headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
          ...(payload === undefined ? {} : { payload }),
        });
        if (answer.statusCode >= 500)
          failures.push(`${name}: ${answer.statusCode} ${answer.body.slice(0, 200)}`);
      }
    }
    expect(failures).toEqual([]);
  },
  60_000,
);
