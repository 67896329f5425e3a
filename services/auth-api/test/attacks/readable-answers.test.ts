/** Self-registered clients whose answers would travel by http. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';

const initialToken = 'initial-access-token-of-the-tests-00';
const plain = 'http://reports.test/callback';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_REGISTRATION_TOKEN: initialToken } });
});
afterAll(() => stack?.close());

async function send(metadata: Record<string, unknown>, own?: Record<string, string>) {
  const answer = await stack.app.inject({
    method: own ? 'PUT' : 'POST',
    url: `/auth/v3/oauth/register${own ? `/${own['client_id']}` : ''}`,
    headers: { authorization: `Bearer ${own?.['registration_access_token'] ?? initialToken}` },
    payload: { client_name: 'Reports', ...metadata, ...(own && { client_id: own['client_id'] }) },
  });
  return { status: answer.statusCode, json: answer.json<Record<string, string>>() };
}

// attack: the code of a self-registered client is read on its way | RFC 9700 2.6, RFC 8252 8.3 | guard: services/auth-api/src/registry/registration/metadata.ts
it.each([
  [{ redirect_uris: [plain] }, 'invalid_redirect_uri'],
  [
    { redirect_uris: ['https://reports.test/callback', 'HTTP://reports.test/callback'] },
    'invalid_redirect_uri',
  ],
  [{ redirect_uris: ['http://localhost.reports.test/'] }, 'invalid_redirect_uri'],
  [{ redirect_uris: ['http://192.168.1.7/'] }, 'invalid_redirect_uri'],
  [
    { redirect_uris: ['https://reports.test/'], post_logout_redirect_uris: [plain] },
    'invalid_client_metadata',
  ],
])('%j is refused', async (metadata, error) => {
  const { status, json } = await send(metadata);
  expect([status, json['error']]).toEqual([400, error]);
  expect(json['error_description']).toMatch(/redirect_uris: must use https/);
});

it.each([
  'http://127.0.0.1:7000/back',
  'http://[::1]/back',
  'http://localhost:3000/back',
  'com.example.app:/back',
])('%s leads to an application on the machine of the user', async (uri) => {
  expect((await send({ redirect_uris: [uri], token_endpoint_auth_method: 'none' })).status).toBe(201);
  expect((await send({ redirect_uris: [uri] })).status).toBe(201);
});

it('an address that was registered before stays when the client replaces its registration', async () => {
  const { json } = await send({ redirect_uris: ['https://reports.test/callback'] });
  await stack.deps.core.pool.query('UPDATE auth.clients SET redirect_uris = $2 WHERE client_id = $1', [
    json['client_id'],
    [plain],
  ]);
  expect((await send({ redirect_uris: [plain] }, json)).status).toBe(200);
  expect((await send({ redirect_uris: [plain, `${plain}2`] }, json)).status).toBe(400);
});
