/** What an operator hears when a trail is not kept any more. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createAuditKeeper } from '../../src/audit/keeper.ts';
import { createMetrics } from '../../src/metrics/registry.ts';
import { withAdvisoryLock } from '../../src/postgres/advisory-lock.ts';
import { box, openTrail, silentLog, type TrailDatabase } from './trail-database.ts';

let shop: TrailDatabase;
beforeAll(async () => {
  shop = await openTrail();
});
afterAll(() => shop.close());

it('events that get no place since somebody holds the lock show by their age, until they have one', async () => {
  const metrics = createMetrics({ processMetrics: false });
  const keeper = createAuditKeeper({
    ...{ trail: shop.trail, service: 'shop', secretBox: box, log: silentLog, metrics, intervalMs: 5 },
    now: () => Date.now() + 600_000,
    retentionDays: 30,
    elasticsearch: {
      ...{ nodes: [], username: undefined, password: undefined, apiKey: undefined, ca: undefined },
      ...{ install: true, namespace: 'default', retentionDays: 30, logs: false, logRetentionDays: 7 },
      timeoutMs: 1000,
    },
    client: undefined,
    toDocument: ({ id }) => ({ id, body: {} }),
  });
  const age = async () =>
    Number(/^gatehouse_audit_unchained_seconds (\S+)$/m.exec(await metrics.expose())?.[1]);
  await shop.append(3);

  await withAdvisoryLock(shop.pool, 'audit-chain:shop', async () => {
    keeper.start();
    await vi.waitFor(async () => expect(await age()).toBeGreaterThanOrEqual(600));
  });

  await vi.waitFor(async () => expect(await age()).toBe(0));
  await keeper.close();
  expect((await keeper.verify({})).map(({ events }) => events)).toEqual([3]);
});
