import { createPool, inTransaction, type Pool } from '@gatehouse/service-kit/postgres';
import type { TestDatabase } from '@gatehouse/testing/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuditDrain } from '../../../src/records/audit/drain.ts';
import type { AuditEvent } from '../../../src/records/audit/event.ts';
import { type AuditStream, createAuditStream } from '../../../src/records/audit/stream.ts';
import { createAuditWriter } from '../../../src/records/audit/writer.ts';
import { createAuthDatabase, postgresAt } from '../../stack/database.ts';
import { openRedis, type RedisForTests, silentLog } from '../../stack/redis.ts';

let redis: RedisForTests;
let database: TestDatabase;
let pool: Pool;
let stream: AuditStream;

beforeAll(async () => {
  [redis, database] = await Promise.all([openRedis(), createAuthDatabase()]);
  pool = createPool(postgresAt(database.url), { schema: 'auth', applicationName: 'test', log: silentLog });
});
afterAll(async () => {
  await pool?.end();
  await Promise.all([redis?.close(), database?.close()]);
});
beforeEach(async () => {
  await redis.redis.flushall();
  await pool.query('DELETE FROM auth.audit_events');
  stream = createAuditStream(redis.redis, 'audit');
});

const login: AuditEvent = {
  name: 'login_succeeded',
  outcome: 'success',
  correlationId: 'request-1',
  sub: 'subject',
  contactCenterId: 'cc',
  clientAddress: '203.0.113.7',
  fields: { userName: 'agent' },
};
const writerOf = (to: AuditStream, now = Date.now) =>
  createAuditWriter({ stream: to, now, recorded: { announce: async () => undefined } });
const drainOf = (from: AuditStream, batchSize = 500) =>
  createAuditDrain({ pool, stream: from, log: silentLog, batchSize });
const rows = async () => (await pool.query('SELECT * FROM auth.audit_events ORDER BY seq')).rows;

describe('audit events', () => {
  it('travel through the stream into their row', async () => {
    await writerOf(stream, () => 1_800_000_000_123).write(login);
    expect(await drainOf(stream).drainOnce()).toBe(1);
    expect(await rows()).toMatchObject([
      {
        name: 'login_succeeded',
        outcome: 'success',
        at: new Date(1_800_000_000_123),
        correlation_id: 'request-1',
        sub: 'subject',
        client_id: null,
        contact_center_id: 'cc',
        client_address: '203.0.113.7',
        fields: { userName: 'agent' },
      },
    ]);
    expect(await stream.length()).toBe(0);
  });

  it('are moved in batches until none is left, in their order', async () => {
    const writer = writerOf(stream);
    for (let index = 0; index < 25; index += 1)
      await writer.write({ ...login, correlationId: `request-${index}` });
    expect(await drainOf(stream, 10).drainOnce()).toBe(25);
    expect((await rows()).map(({ correlation_id: id }) => id)).toEqual(
      Array.from({ length: 25 }, (_, index) => `request-${index}`),
    );
  });

  it('become one row when a crash delivers them twice', async () => {
    await writerOf(stream).write(login);
    const crashing: AuditStream = {
      ...stream,
      remove: () => Promise.reject(new Error('crashed after the commit')),
    };
    await expect(drainOf(crashing).drainOnce()).rejects.toThrow('crashed');
    expect(await drainOf(stream).drainOnce()).toBe(1);
    expect(await rows()).toHaveLength(1);
  });

  it('are moved by one replica at a time', async () => {
    const writer = writerOf(stream);
    for (let index = 0; index < 20; index += 1) await writer.write(login);
    const moved = await Promise.all(Array.from({ length: 4 }, () => drainOf(stream, 3).drainOnce()));
    expect(moved.filter((count) => count > 0).reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(await rows()).toHaveLength(20);
  });

  it('68: with texts that a database cannot hold are stored all the same, shortened', async () => {
    const writer = writerOf(stream);
    const userName = `a\0b\ud800\r\n\u001b[31m${'x'.repeat(1_000_000)}`;
    await writer.write({ ...login, fields: { userName } });
    await writer.write({ ...login, correlationId: 'next' });
    await drainOf(stream).drainOnce();
    const [first, second] = await rows();
    expect(first.fields.userName).toBe(`a\ufffdb\ufffd\r\n\u001b[31m${'x'.repeat(501)}`);
    expect(second.correlation_id).toBe('next');
  });

  it('that PostgreSQL refuses do not hold up the others', async () => {
    const refused = [JSON.stringify({ id: 'no uuid', name: 'x', atMs: 1 }), 'no json', '7', '{"id":', ''];
    for (const text of refused) await redis.redis.xadd('audit', '*', 'event', text);
    await redis.redis.xadd('audit', '*', 'something', 'else');
    await writerOf(stream).write(login);
    expect(await drainOf(stream).drainOnce()).toBe(7);
    expect(await rows()).toMatchObject([{ name: 'login_succeeded', correlation_id: 'request-1' }]);
    expect(await stream.length()).toBe(0);
  });

  it('of an administrative change live and die with its transaction', async () => {
    const writer = writerOf(stream);
    const change: AuditEvent = {
      name: 'client_updated',
      outcome: 'success',
      correlationId: 'r',
      clientId: 'app',
    };
    await inTransaction(pool, (client) => writer.inTransaction(client, change));
    const undone = inTransaction(pool, async (client) => {
      await writer.inTransaction(client, change);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await rows()).toMatchObject([{ name: 'client_updated', client_id: 'app', fields: {} }]);
  });
});

it('the drain goes on by itself after an outage and stops when it is told to', async () => {
  const drain = createAuditDrain({ pool, stream, log: silentLog, intervalMs: 10 });
  let isAway = true;
  const flaky: AuditStream = {
    ...stream,
    oldest: (n) => (isAway ? Promise.reject(new Error('away')) : stream.oldest(n)),
  };
  const waiting: number[] = [];
  const since: (number | undefined)[] = [];
  const onWaiting = (events: number, oldestMs: number | undefined) => {
    waiting.push(events);
    since.push(oldestMs);
  };
  const restarted = createAuditDrain({ pool, stream: flaky, log: silentLog, intervalMs: 10, onWaiting });
  await writerOf(stream).write(login);
  restarted.start();
  await expect.poll(() => waiting).toContain(1);
  expect(Date.now() - (since[waiting.indexOf(1)] ?? 0)).toBeLessThan(60_000);
  isAway = false;
  await expect.poll(async () => (await rows()).length).toBe(1);
  await expect.poll(() => waiting).toContain(0);
  await restarted.stop();
  await writerOf(stream).write(login);
  expect(await rows()).toHaveLength(1);
  expect(await drain.drainOnce()).toBe(1);
});
