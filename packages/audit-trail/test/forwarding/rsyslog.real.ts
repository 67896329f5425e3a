/** The second destination against a receiver that others wrote: rsyslog over TLS. */
import { createMetrics } from '@gatehouse/service-kit/observability';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { forwardDestination } from '../../src/forwarding/forward-destination.ts';
import { auditDocument } from '../../src/shipping/audit-document.ts';
import { createAuditWorker } from '../../src/worker/audit-worker.ts';
import { box, openTrail, silentLog, type TrailDatabase } from '../chain/trail-database.ts';
import { findRsyslog, type Rsyslog, startRsyslog } from './rsyslog.ts';

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

const program = findRsyslog();
const authority = createAuthority();
const elasticsearch = {
  ...{ nodes: [], username: undefined, password: undefined, apiKey: undefined, ca: undefined },
  ...{ install: true, namespace: 'default', retentionDays: 30, logs: false, logRetentionDays: 7 },
  timeoutMs: 1000,
};

describe.skipIf(program === undefined)('a real rsyslog', () => {
  let shop: TrailDatabase;
  let rsyslog: Rsyslog;
  beforeAll(async () => {
    shop = await openTrail();
    rsyslog = await startRsyslog(program as string, authority.cert, authority.issue());
  }, 60_000);
  afterAll(async () => {
    await rsyslog?.stop();
    await shop?.close();
  });
  recordForeignSoftware('rsyslog', 'sends it audit events by syslog over TLS (RFC 5425)', () =>
    printedVersion(program as string, '-v'),
  );
  beforeEach(() => shop.reset());

  function startReplica() {
    const config = {
      secret: undefined,
      ca: authority.cert,
      cert: undefined,
      key: undefined,
      timeoutMs: 5000,
    };
    const worker = createAuditWorker({
      ...{ trail: shop.trail, service: 'shop', secretBox: box, log: silentLog, retentionDays: 30 },
      ...{ now: Date.now, trust: { isTrusted: true }, intervalMs: 5, elasticsearch, client: undefined },
      metrics: createMetrics({ processMetrics: false }),
      forward: forwardDestination({ url: rsyslog.url, ...config }, Date.now),
      toDocument: (event) =>
        auditDocument('shop', event, {
          action: 'bought_something',
          outcome: 'success',
          ...{ category: ['authentication'], type: ['info'], correlationId: `request-${event.position}` },
          user: { name: 'Zoë' },
          gatehouse: { details: { text: 'x'.repeat(event.position % 10 === 0 ? 20_000 : 10) } },
        }),
    });
    onTestFinished(() => worker.close());
    worker.start();
  }
  const position = async () =>
    Number((await shop.pool.query('SELECT position FROM shop.audit_shipping')).rows[0]?.position ?? 0);
  const events = () =>
    rsyslog.lines().flatMap((line) => {
      const [, header, json] = /^(\S+ \S+ \S+ \S+) ?(\{"@timestamp".*\})$/.exec(line) ?? [];
      // rsyslog keeps the part of a message whose connection broke; the whole one follows.
      return json === undefined || !isJson(json) ? [] : [{ header, event: JSON.parse(json) }];
    });
  const chained = async () =>
    (
      await shop.pool.query(
        'SELECT e.id FROM shop.audit_chain c JOIN shop.events e ON e.seq = c.event_seq ORDER BY c.position',
      )
    ).rows.map(({ id }) => id);

  it('keeps every event, also large ones, and loses none while it is restarted', async () => {
    startReplica();
    for (let round = 0; round < 6; round += 1) {
      await shop.append(400);
      await shop.chain();
      if (round % 2 === 1) {
        await rsyslog.stop();
        await rsyslog.start();
      }
    }
    await vi.waitFor(async () => expect(await position()).toBe(2400), { timeout: 60_000 });
    const ids = await chained();
    await vi.waitFor(
      () => expect(new Set(events().map(({ event }) => event.event.id)).size).toBe(ids.length),
      {
        timeout: 20_000,
      },
    );
    const kept = events();
    expect([...new Set(kept.map(({ event }) => event.event.id))]).toEqual(ids);
    expect(kept[0]?.header).toMatch(/^109 \S+ gatehouse-shop bought_something$/);
    expect(kept[0]?.event.user.name).toBe('Zoë');
  }, 180_000);
});
