/** Replicas of Auth UI say by the internal listener that they run; the diagnosis counts them beside those of the APIs. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthApi, ops, serviceClient, startAuthApi } from '../../stack/auth-api.ts';

let api: AuthApi;
beforeAll(async () => {
  api = await startAuthApi();
});
afterAll(() => api.close());

const announce = (data: object, secret = serviceClient.secret) =>
  api.internalApp.inject({
    method: 'POST',
    url: '/auth/v3/internal/replicas',
    headers: { authorization: basicAuthorization(serviceClient.id, secret) },
    payload: { data },
  });

async function finding() {
  const answer = await api.app.inject({
    url: '/auth/v3/ops/diagnosis',
    headers: { authorization: basicAuthorization(ops.username, ops.password) },
  });
  return answer.json().data.findings.find(({ name }: { name: string }) => name === 'Replicas');
}

const replica = { service: 'auth-ui', instance: 'auth-ui-7d9c/1' };

test('a replica of Auth UI counts with its version until it ends', async () => {
  expect((await announce({ ...replica, version: '1.0.0' })).statusCode).toBe(200);
  expect(await finding()).toMatchObject({
    status: 'ok',
    message: 'Each service has one version: auth-api 1 × test, auth-ui 1 × 1.0.0.',
  });
  await announce({ service: 'auth-ui', instance: 'auth-ui-older/1', version: '0.9.0' });
  expect((await finding()).status).toBe('failed');
  await announce({ service: 'auth-ui', instance: 'auth-ui-older/1' });
  expect((await finding()).status).toBe('ok');
  await announce(replica);
  expect((await finding()).message).toBe('Each service has one version: auth-api 1 × test.');
});

test.each([
  { ...replica, service: 'auth-api' },
  { ...replica, instance: 'two words' },
  { ...replica, version: 'x'.repeat(129) },
  { ...replica, more: 1 },
])('what Auth UI would not say is refused: %j', async (data) => {
  expect((await announce(data)).statusCode).toBe(400);
});

test('strangers say nothing', async () => {
  expect((await announce({ ...replica, version: '9.9.9' }, 'wrong')).statusCode).toBe(401);
  expect((await finding()).message).not.toContain('9.9.9');
});
