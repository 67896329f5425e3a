/** What an operator hears when a trail is not kept any more. */

import { createMetrics } from '@gatehouse/service-kit/observability';
import { withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ElasticsearchClient } from '../../src/elasticsearch/client.ts';
import { createAuditWorker } from '../../src/worker/audit-worker.ts';
import { box, openTrail, silentLog, type TrailDatabase } from '../chain/trail-database.ts';

let shop: TrailDatabase;
beforeAll(async () => {
  shop = await openTrail();
});
afterAll(() => shop.close());

const config = {
  ...{ nodes: [], username: undefined, password: undefined, apiKey: undefined, ca: undefined },
  ...{ install: true, namespace: 'default', retentionDays: 30, logs: false, logRetentionDays: 7 },
  timeoutMs: 1000,
};

it('a person is taken out of the copies when nobody ships any more what he had read before', async () => {
  const search = vi.fn(async () => ({ hits: { hits: [] } }));
  const client = { indices: { refresh: async () => undefined }, search, close: async () => undefined };
  const worker = createAuditWorker({
    ...{ trail: shop.trail, service: 'shop', secretBox: box, log: silentLog, retentionDays: 30 },
    metrics: createMetrics({ processMetrics: false }),
    now: Date.now,
    trust: { isTrusted: true },
    elasticsearch: config,
    client: client as unknown as ElasticsearchClient,
    toDocument: ({ id }) => ({ id, body: {} }),
  });
  const waiters = async () =>
    (
      await shop.pool.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
    ).rowCount;
  let erasing: Promise<number> | undefined;

  await withAdvisoryLock(shop.pool, 'audit-ship:shop', async () => {
    erasing = worker.eraseCopies({ userIds: ['one'], userNames: [] });
    await vi.waitFor(async () => expect(await waiters()).toBe(1));
    expect(search).not.toHaveBeenCalled();
  });

  expect(await erasing).toBe(0);
  expect(search).toHaveBeenCalledOnce();
  await worker.close();
});

it('events that get no place since somebody holds the lock show by their age, until they have one', async () => {
  const metrics = createMetrics({ processMetrics: false });
  const worker = createAuditWorker({
    ...{ trail: shop.trail, service: 'shop', secretBox: box, log: silentLog, metrics, intervalMs: 5 },
    now: () => Date.now() + 600_000,
    trust: { isTrusted: true },
    retentionDays: 30,
    elasticsearch: config,
    client: undefined,
    toDocument: ({ id }) => ({ id, body: {} }),
  });
  const age = async () =>
    Number(/^gatehouse_audit_unchained_seconds (\S+)$/m.exec(await metrics.expose())?.[1]);
  await shop.append(3);

  await withAdvisoryLock(shop.pool, 'audit-chain:shop', async () => {
    worker.start();
    await vi.waitFor(async () => expect(await age()).toBeGreaterThanOrEqual(600));
    expect(await worker.verify({})).toEqual({ days: [], waiting: 3 });
    expect((await worker.verify({ to: '2000-01-01' })).waiting).toBe(0);
  });

  await vi.waitFor(async () => expect(await age()).toBe(0));
  await worker.close();
  expect(await worker.verify({})).toMatchObject({ days: [{ events: 3 }], waiting: 0 });
});
