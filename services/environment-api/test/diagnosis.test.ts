import { passwordPlace } from '@gatehouse/contracts/environment-api';
import { createSecretBox, randomBytes, Secret } from '@gatehouse/service-kit/crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;

beforeAll(async () => {
  api = await startApi();
  environmentId = await api.environment();
});
afterAll(() => api.close());
afterEach(() => api.authApi.failWith(undefined));

async function diagnosis() {
  const answer = await api.call('GET', '/diagnosis');
  expect(answer.status).toBe(200);
  const { ok, findings } = answer.body.data;
  const of = (name: string) => findings.find((finding: { name: string }) => finding.name === name);
  return { ok, of, text: answer.text };
}

test('an installation that is well says so, part by part, and nothing secret', async () => {
  const { ok, of, text } = await diagnosis();
  expect(ok).toBe(true);
  expect(of('PostgreSQL').message).toMatch(/superuser|is up to date/);
  expect(of('Redis')).toMatchObject({ status: 'ok', message: expect.stringMatching(/version \d/) });
  expect(of('stored secrets')).toMatchObject({
    status: 'ok',
    message: 'The keys first open the stored secrets.',
  });
  expect(of('Auth API')).toMatchObject({ status: 'ok' });
  expect(of('Consul')).toMatchObject({ status: 'skipped' });
  expect(of('Elasticsearch')).toMatchObject({ status: 'skipped' });
  expect(text).not.toMatch(/cs-password|known-to-the-tests|service-secret/);
});

test('a missing migration fails and is named', async () => {
  const { rows } = await api.pool.query(
    'DELETE FROM environment.migrations WHERE id = (SELECT max(id) FROM environment.migrations) RETURNING name',
  );
  const { ok, of } = await diagnosis();
  await api.pool.query('INSERT INTO environment.migrations (name, run_on) VALUES ($1, now())', [
    rows[0].name,
  ]);
  expect(ok).toBe(false);
  expect(of('PostgreSQL')).toMatchObject({
    status: 'failed',
    message: expect.stringContaining(rows[0].name),
  });
});

test('a secret that no configured key opens fails and says which key is missing', async () => {
  const other = createSecretBox(new Secret(`lost:${randomBytes(32).toString('base64')}`));
  const before = await api.pool.query('SELECT password FROM environment.environments WHERE id = $1', [
    environmentId,
  ]);
  const put = (password: string) =>
    api.pool.query('UPDATE environment.environments SET password = $2 WHERE id = $1', [
      environmentId,
      password,
    ]);
  await put(other.seal('x', passwordPlace(environmentId)));
  const { ok, of } = await diagnosis();
  await put(before.rows[0].password);
  expect(ok).toBe(false);
  expect(of('stored secrets').message).toContain('the encryption key "lost" is not configured');
  expect(of('stored secrets').message).toContain('GATEHOUSE_ENCRYPTION_KEYS');
});

test('a service client that Auth API does not know fails with the variables to set', async () => {
  api.authApi.failWith(401);
  const { ok, of } = await diagnosis();
  expect(ok).toBe(false);
  expect(of('Auth API').message).toContain('GATEHOUSE_SERVICE_CLIENT_ID');
});

test('Redis that is away fails, and the others are looked at all the same', async () => {
  await api.redis.stop();
  const { ok, of } = await diagnosis();
  await api.redis.start();
  expect(ok).toBe(false);
  expect(of('Redis').status).toBe('failed');
  expect(of('Auth API').status).toBe('ok');
});

test('Consul and Elasticsearch that are not there fail with their reasons', async () => {
  const other = await startApi({
    env: {
      GATEHOUSE_CONSUL_URL: 'http://127.0.0.1:1',
      GATEHOUSE_ELASTICSEARCH_NODES: 'http://127.0.0.1:1',
    },
  });
  const answer = await other.call('GET', '/diagnosis');
  await other.close();
  for (const name of ['Consul', 'Elasticsearch']) {
    const finding = answer.body.data.findings.find((one: { name: string }) => one.name === name);
    expect(finding).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/cannot be reached|ECONNREFUSED/),
      sentences: expect.arrayContaining([
        { key: expect.stringMatching(/^probe\.error\./), parameters: expect.anything() },
      ]),
    });
  }
});
