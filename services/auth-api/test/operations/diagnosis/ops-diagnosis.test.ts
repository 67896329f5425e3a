import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthApi, ops, startAuthApi } from '../../stack/auth-api.ts';

let api: AuthApi;

beforeAll(async () => {
  api = await startAuthApi();
});
afterAll(() => api.close());

const basic = (password: string) => `Basic ${Buffer.from(`${ops.username}:${password}`).toString('base64')}`;

async function diagnosis() {
  const answer = await api.app.inject({
    url: '/auth/v3/ops/diagnosis',
    headers: { authorization: basic(ops.password) },
  });
  expect(answer.statusCode).toBe(200);
  const { ok, findings } = answer.json().data;
  const of = (name: string) => findings.find((finding: { name: string }) => finding.name === name);
  return { ok, of };
}

test('an installation that is well says so, part by part', async () => {
  const { of } = await diagnosis();
  expect(of('PostgreSQL').status).not.toBe('failed');
  expect(of('Redis').status).not.toBe('failed');
  expect(of('signing keys')).toMatchObject({ status: 'ok', message: expect.stringContaining('signs RS256') });
  expect(of('Environment API')).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('is known here'),
  });
  expect(of('Configuration Servers').status).toMatch(/skipped|ok/);
  expect(of('Consul').status).toBe('skipped');
});

// attack: limits shared behind a proxy, unnoticed by the operator | CWE-348 | guard: packages/service-kit/src/http/untrusted-proxy.ts
test('an ingress that is not trusted is a warning with the setting to change', async () => {
  expect((await diagnosis()).of('Trusted proxies').status).toBe('ok');
  await api.app.inject({ url: '/auth/v3/ping', headers: { 'x-forwarded-for': '198.51.100.7' } });
  expect((await diagnosis()).of('Trusted proxies')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('Add the proxy to http.trustedProxies'),
  });
});

test('strangers learn nothing', async () => {
  for (const headers of [{}, { authorization: basic('wrong') }]) {
    const answer = await api.app.inject({ url: '/auth/v3/ops/diagnosis', headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.payload).not.toContain('findings');
  }
});

test('a Redis that may evict sessions fails with the setting to change', async () => {
  const { redis } = api.deps.stores;
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const { ok, of } = await diagnosis();
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
  expect(ok).toBe(false);
  expect(of('Redis').message).toContain('set noeviction');
});

test('a signing key whose seal was tampered with fails by its name', async () => {
  const { rows } = await api.deps.stores.pool.query(
    `SELECT kid, private_key FROM auth.signing_keys WHERE state = 'active' AND algorithm = 'RS256'`,
  );
  const [{ kid, private_key: sealed }] = rows;
  const put = (text: string) =>
    api.deps.stores.pool.query('UPDATE auth.signing_keys SET private_key = $2 WHERE kid = $1', [kid, text]);
  await put(sealed.replace(/^(v1\.)[^.]+/, '$1lost'));
  const { ok, of } = await diagnosis();
  await put(sealed);
  expect(ok).toBe(false);
  expect(of('signing keys').message).toContain(kid);
  expect(of('signing keys').message).toContain('"lost" is not configured');
});
