import { createLogger } from '@gatehouse/service-kit/observability';
import { createPool } from '@gatehouse/service-kit/postgres';
import { startPostgres } from '@gatehouse/testing/postgres';
import { expect, it } from 'vitest';
import { environmentBody, startApi } from './running-api.ts';

it('answers 503 with Retry-After while PostgreSQL is away, and recovers by itself', async () => {
  const postgres = await startPostgres();
  const api = await startApi({ postgresUrl: postgres.url });
  try {
    const id = await api.environment();
    await postgres.stop();
    const answers = [
      await api.call('GET', `/environments/${id}`),
      await api.call('GET', '/environments'),
      await api.call('POST', '/environments', { payload: { data: environmentBody() } }),
      await api.call('PATCH', `/environments/${id}`, { payload: { data: { tenant: 'lost' } } }),
      await api.call('DELETE', `/environments/${id}`),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.body.status).toMatchObject({ code: 503, name: 'temporarily_unavailable' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.text).not.toMatch(/postgres|ECONN|terminat/i);
    }
    await postgres.start();
    const back = await api.call('GET', `/environments/${id}`);
    expect(back.status).toBe(200);
    expect(back.body.data.tenant).toBe('Environment');
    expect(
      (await api.call('PATCH', `/environments/${id}`, { payload: { data: { tenant: 'kept' } } })).status,
    ).toBe(200);
  } finally {
    await api.close();
    await postgres.close();
  }
}, 60_000);

it('reads are answered while writers wait for one row, and those that wait too long get 503 with Retry-After', async () => {
  const api = await startApi({
    env: {
      GATEHOUSE_POSTGRES_POOL_SIZE: '4',
      GATEHOUSE_POSTGRES_POOL_CHECKOUT_TIMEOUT_MS: '2000',
      GATEHOUSE_POSTGRES_STATEMENT_TIMEOUT_MS: '30000',
    },
  });
  const id = await api.environment();
  // Of another replica, whose transaction takes long.
  const log = createLogger('replica', { level: 'silent', format: 'json' });
  const replica = { schema: 'environment', applicationName: 'replica', log };
  const others = createPool(api.config.postgres, replica);
  const holder = await others.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM environment.environments WHERE id = $1 FOR UPDATE', [id]);
    const writes = Array.from({ length: 10 }, () =>
      api.call('PATCH', `/environments/${id}`, { payload: { data: { tenant: 'one row' } } }),
    );
    const refused = await Promise.race(writes);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await api.call('GET', `/environments/${id}`)).status).toBe(200);
    let refusals = 0;
    for (const write of writes) write.then(({ status }) => (refusals += Number(status === 503)));
    await expect.poll(() => refusals, { timeout: 10_000 }).toBe(8);
    await holder.query('COMMIT');
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    const after = await api.call('PATCH', `/environments/${id}`, { payload: { data: { tenant: 'after' } } });
    expect(after.status).toBe(200);
  } finally {
    holder.release();
    await others.end();
    await api.close();
  }
}, 60_000);
