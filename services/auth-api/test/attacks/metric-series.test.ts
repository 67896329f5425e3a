import { METHODS } from 'node:http';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createClient, type TestClient } from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
  client = await createClient(stack);
});
afterAll(() => stack?.close());

async function series(): Promise<string[]> {
  const lines = (await stack.deps.kit.metrics.expose()).split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/ \S+$/, ''));
}

/** Everything in a request that a stranger chooses, made up. */
async function pester(): Promise<void> {
  const made = () => randomToken(9);
  const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    stack.app.inject({
      method: 'POST',
      url: `/auth/v3/${path}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', host: `${made()}.test`, ...headers },
      payload: new URLSearchParams(fields).toString(),
    });
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const ownCredentials = basic(client.clientId, client.clientSecret ?? '');
  await Promise.all([
    ...METHODS.filter((method) => method !== 'CONNECT').map((method) =>
      stack.app.inject({ method: method as 'GET', url: `/${made()}/${made()}?${made()}` }),
    ),
    stack.app.inject({ url: `/auth/v3/ops/clients/${made()}`, headers: basic(made(), made()) }),
    stack.app.inject({ url: `/auth/v3/saml/${made()}/${made()}/metadata` }),
    stack.app.inject({ url: `/auth/v3/sso/start?tenant=${made()}&login_hint=${made()}` }),
    stack.app.inject({ url: `/auth/v3/oauth/authorize?client_id=${made()}&response_type=${made()}` }),
    form('oauth/token', { grant_type: made() }, ownCredentials),
    form('oauth/token', { grant_type: 'client_credentials' }, basic(made(), made())),
    form('oauth/token', { grant_type: 'refresh_token', refresh_token: made() }, ownCredentials),
    form(
      'oauth/token',
      { grant_type: 'password', username: `${made()}\\${made()}`, password: made() },
      ownCredentials,
    ),
    form('oauth/introspect', { token: made(), token_type_hint: made() }, ownCredentials),
    form('sign-in', { username: made(), tenant: made(), password: made() }, { origin: 'https://login.test' }),
    form(`saml/${contactCenterId}/-/acs`, { SAMLResponse: made(), RelayState: made() }),
  ]);
}

it('75: strangers cannot make series of metrics, whatever they make up', async () => {
  await pester();
  const before = await series();

  for (let round = 0; round < 10; round++) await pester();

  expect(await series()).toEqual(before);
  expect(before.length).toBeGreaterThan(100);
});
