import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, ops, serviceClient, startAuthApi } from '../stack/auth-api.ts';

const next = { password: 'blue-heron-over-14-lakes', secret: 'grey-heron-over-15-rivers' };

let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_OPS_PASSWORD: `${next.password}\n${ops.password}`,
      GATEHOUSE_SERVICE_CLIENT_SECRET: `${next.secret}\r\n${serviceClient.secret}`,
    },
  });
});
afterAll(() => stack?.close());

const ask = async (url: string, username: string, password: string) =>
  (
    await (url.includes('/internal/') ? stack.internalApp : stack.app).inject({
      url,
      headers: { authorization: basicAuthorization(username, password) },
    })
  ).statusCode;

it('a secret of two lines is accepted as either of them and as nothing else', async () => {
  const service = (secret: string) => ask('/auth/v3/internal/logouts/none', serviceClient.id, secret);
  expect(await service(next.secret)).toBe(404);
  expect(await service(serviceClient.secret)).toBe(404);
  expect(await service('another-secret-of-services')).toBe(401);
  expect(await service(`${next.secret}\r\n${serviceClient.secret}`)).toBe(401);
});

it('an operator password of two lines is accepted as either of them and as nothing else', async () => {
  const operator = (password: string) => ask('/auth/v3/ops/clients', ops.username, password);
  expect(await operator(next.password)).toBe(200);
  expect(await operator(ops.password)).toBe(200);
  expect(await operator('another-password-of-ops')).toBe(401);
  expect(await operator(`${next.password}\n${ops.password}`)).toBe(401);
});
