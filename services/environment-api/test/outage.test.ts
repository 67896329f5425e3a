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
