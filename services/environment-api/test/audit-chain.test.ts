/** The audit trail as a chain: it holds, it shows changes, and only its retention deletes from it. */
import { removeBatch } from '@gatehouse/audit-trail/chain';
import { inTransaction } from '@gatehouse/service-kit/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationTrail } from '../src/audit/trail.ts';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
  for (const location of ['/USW1', '/USW2', '/EUW1']) {
    await api.call('POST', '/locations', { payload: { data: { location } } });
  }
  await api.deps.audit.worker.chained();
});
afterAll(() => api.close());

const verify = async () => {
  const answer = await api.call('GET', '/audit/verify');
  return answer.body.data as { day: string; events: number; problems: string[] }[];
};

describe('the chain of the audit trail', () => {
  it('holds, and shows a row that somebody changed in the database', async () => {
    expect(await verify()).toMatchObject([{ events: 3, problems: [] }]);
    await api.deps.core.pool.query('ALTER TABLE environment.audit DISABLE TRIGGER audit_is_append_only');
    await api.deps.core.pool.query(`UPDATE environment.audit SET actor = 'nobody' WHERE entity_id = '/USW2'`);

    expect(await verify()).toMatchObject([{ problems: ['event 2: what it says of the person was changed'] }]);

    await api.deps.core.pool.query(`UPDATE environment.audit SET actor = 'ops' WHERE entity_id = '/USW2'`);
    await api.deps.core.pool.query('ALTER TABLE environment.audit ENABLE TRIGGER audit_is_append_only');
    expect(await verify()).toMatchObject([{ problems: [] }]);
  });

  it('lets nobody delete but the retention', async () => {
    const { pool } = api.deps.core;
    await expect(pool.query('DELETE FROM environment.audit')).rejects.toThrow(/append-only/);

    const trail = configurationTrail(pool);
    const remove = (before: string) =>
      inTransaction(pool, (client) =>
        removeBatch(client, trail as never, { before: new Date(before), shippedTo: [] }),
      );
    expect(await remove('2000-01-01')).toBe(0);
    expect(await remove('2999-01-01')).toBe(3);
    await expect(pool.query('DELETE FROM environment.audit')).rejects.toThrow(/append-only/);
  });
});
