/** The second destination: nothing is lost while it fails, and what it gets twice has the same ids. */

import { Secret } from '@gatehouse/service-kit/crypto';
import { createMetrics } from '@gatehouse/service-kit/observability';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAuditWorker } from '../../src/worker/audit-worker.ts';
import { box, deleteExpired, openTrail, silentLog, type TrailDatabase } from '../chain/trail-database.ts';
import {
  authority,
  chained as chainedIn,
  destinationOf,
  type Fields,
  identity,
  secret,
  shipperOf,
  syslog,
  toDocument,
  webhook,
} from './forwarding.ts';

let shop: TrailDatabase;
beforeAll(async () => {
  shop = await openTrail();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const elasticsearch = {
  ...{ nodes: [], username: undefined, password: undefined, apiKey: undefined, ca: undefined },
  ...{ install: true, namespace: 'default', retentionDays: 30, logs: false, logRetentionDays: 7 },
  timeoutMs: 1000,
};

/** Ships once what waits. */
const forwardOnce = (fields: Fields) => shipperOf(shop, fields).shipOnce();
const chained = () => chainedIn(shop);

/** One replica of a service. */
function replica(fields: Fields) {
  const metrics = createMetrics({ processMetrics: false });
  const worker = createAuditWorker({
    ...{ trail: shop.trail, service: 'shop', secretBox: box, log: silentLog, retentionDays: 30, metrics },
    ...{ now: Date.now, trust: { isTrusted: true }, intervalMs: 5, elasticsearch, client: undefined },
    forward: destinationOf(fields),
    toDocument,
  });
  onTestFinished(() => worker.close());
  const metric = async (name: string) =>
    Number(new RegExp(`^gatehouse_audit_${name} (\\S+)$`, 'm').exec(await metrics.expose())?.[1]);
  return { worker, metric };
}

const shipped = async () => (await shop.pool.query('SELECT target, position FROM shop.audit_shipping')).rows;
const isDone = (count: number) =>
  vi.waitFor(async () => expect(await shipped()).toEqual([{ target: 'forward', position: String(count) }]), {
    timeout: 20_000,
  });
/** Each id once, in the order in which it came first. */
const first = (ids: readonly string[]) => [...new Set(ids)];

describe('a syslog receiver over TLS', () => {
  it('gets every event once and in order from two replicas, as messages of RFC 5424', async () => {
    const receiver = await syslog();
    await shop.append(2500);
    await shop.chain();
    const { worker, metric } = replica(receiver);
    worker.start();
    replica(receiver).worker.start();
    await isDone(2500);
    expect(receiver.problems).toEqual([]);
    expect(receiver.ids()).toEqual(await chained());
    expect(receiver.messages[1]).toMatchObject({
      priority: 13 * 8 + 5,
      app: 'gatehouse-shop',
      messageId: 'bought_something',
    });
    expect(receiver.messages[2]?.priority).toBe(13 * 8 + 4);
    expect(JSON.parse(receiver.messages[2]?.text ?? '').user.name).toBe('Zoë-3');
    await vi.waitFor(async () => expect(await metric('unforwarded_events')).toBe(0));
    await vi.waitFor(async () => expect(await metric('unforwarded_seconds')).toBe(0));
  }, 60_000);

  it.each(['end-at-once', 'reset', 'hang'] as const)(
    'that does not read what it is sent (%s) gets it again',
    async (mood) => {
      const receiver = await syslog();
      receiver.state.mood = mood;
      await shop.append(50);
      await shop.chain();
      const { worker, metric } = replica({ ...receiver, timeoutMs: 1000 });
      worker.start();
      await vi.waitFor(() => expect(receiver.state.connections).toBeGreaterThan(1), { timeout: 10_000 });
      expect(await shipped()).toEqual([]);
      await vi.waitFor(async () => expect(await metric('unforwarded_events')).toBe(50));
      receiver.state.mood = 'read';
      await isDone(50);
      expect(receiver.problems).toEqual([]);
      expect(first(receiver.ids())).toEqual(await chained());
    },
    60_000,
  );

  // attack: audit events sent to a receiver with a foreign certificate | RFC 5425 5.1 | guard: packages/audit-trail/src/forwarding/syslog-writer.ts
  it('is sent nothing while its certificate is of another authority, or for another name', async () => {
    const stranger = await syslog(createAuthority('a stranger').issue());
    const misnamed = await syslog(authority.issue({ names: ['elsewhere.example'] }));
    await shop.append(3);
    await shop.chain();
    for (const receiver of [stranger, misnamed]) {
      await expect(forwardOnce(receiver)).rejects.toThrow(
        /cannot be reached \((?:SELF|UNABLE|DEPTH|ERR_TLS_CERT)/,
      );
      expect(receiver.messages).toEqual([]);
    }
    expect(await shipped()).toEqual([]);
  });

  it('that asks for a client certificate gets the one of the settings', async () => {
    const receiver = await syslog({
      ...identity,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const own = authority.issue({ names: ['gatehouse'] });
    await shop.append(3);
    await shop.chain();
    await expect(forwardOnce(receiver)).rejects.toThrow();
    expect(await forwardOnce({ ...receiver, cert: own.cert, key: new Secret(own.key) })).toBe(3);
    expect(receiver.ids()).toEqual(await chained());
  });
});

describe('a webhook', () => {
  it('gets every event at least once and in order, however it answers, and the same request again', async () => {
    const receiver = await webhook();
    receiver.state.next = [500, 'lose', 204, 429, 302, 'hang', 204];
    await shop.append(250);
    await shop.chain();
    const { worker, metric } = replica({ ...receiver, secret: new Secret(secret), timeoutMs: 1000 });
    worker.start();
    await isDone(250);
    expect(first(receiver.taken())).toEqual(await chained());
    const [refused, lost, again] = receiver.requests;
    // What the receiver keeps to know repetitions by.
    expect(new Set([refused, lost, again].map((one) => one?.headers['webhook-id'])).size).toBe(1);
    expect(new Set([refused, lost, again].map((one) => one?.text)).size).toBe(1);
    expect(JSON.parse(again?.text ?? '')).toMatchObject({
      type: 'audit.events',
      timestamp: expect.any(String),
    });
    await vi.waitFor(async () => expect(await metric('unforwarded_events')).toBe(0));
    expect(await metric('forwarded_events_total')).toBe(250);
  }, 60_000);

  it('gets both signatures while its key is replaced', async () => {
    const next = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    const receiver = await webhook([secret, next]);
    await shop.append(3);
    await shop.chain();
    const both = new Secret(`${next}\n${secret}\n`);
    expect(await forwardOnce({ ...receiver, secret: both })).toBe(3);
    expect(receiver.requests.map(({ mood }) => mood)).toEqual([204]);
  });

  it('that takes no more than a few bytes gets fewer events at once; one that is too large alone is set aside', async () => {
    const receiver = await webhook();
    receiver.state.next = [413, 413, 413, 413, 204];
    await shop.append(8);
    await shop.chain();
    const signed = { ...receiver, secret: new Secret(secret) };
    expect(await forwardOnce(signed)).toBe(8);
    const { rows } = await shop.pool.query('SELECT target, position, reason FROM shop.audit_set_aside');
    expect(rows).toEqual([{ target: 'forward', position: '1', reason: 'too large' }]);
    expect(receiver.taken()).toEqual((await chained()).slice(1));
    expect(await replica(signed).worker.reship()).toBe(1);
    expect(receiver.taken()).toHaveLength(8);
  });

  it('that is down costs PostgreSQL no row, and events past their time wait for it', async () => {
    const receiver = await webhook();
    receiver.state.next = Array.from({ length: 3 }, () => 503);
    await shop.append(20);
    await shop.chain('2020-01-01');
    const signed = { ...receiver, secret: new Secret(secret) };
    const expire = () => deleteExpired(shop.trail, { before: '2020-01-02', shippedTo: ['forward'] });
    for (let attempt = 0; attempt < 3; attempt++) await expect(forwardOnce(signed)).rejects.toThrow('503');
    const count = async (table: string) =>
      Number((await shop.pool.query(`SELECT count(*) AS count FROM shop.${table}`)).rows[0].count);
    await expire();
    expect([await count('events'), await count('audit_shipping'), await count('audit_set_aside')]).toEqual([
      20, 0, 0,
    ]);
    expect(await forwardOnce(signed)).toBe(20);
    await expire();
    expect([await count('events'), await count('audit_shipping')]).toEqual([0, 1]);
  });
});
