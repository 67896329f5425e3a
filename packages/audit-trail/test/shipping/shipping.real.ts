/** Audit events on their way to a real Elasticsearch that is killed, full, and of another opinion: none is lost, none is doubled. */
import { PassThrough } from 'node:stream';
import { createLogger } from '@gatehouse/service-kit/observability';
import {
  type ElasticsearchTestServer,
  elasticsearchHomeVariable,
  elasticsearchJavaVariable,
  startElasticsearch,
} from '@gatehouse/testing/elasticsearch-server';
import { recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readLastPosition } from '../../src/chain/days.ts';
import type { ChainedEvent } from '../../src/chain/trail.ts';
import { verifyAuditTrail } from '../../src/chain/verify.ts';
import { auditDataStream } from '../../src/elasticsearch/audit-assets.ts';
import { createBulkWriter } from '../../src/elasticsearch/bulk.ts';
import { createElasticsearch, type ElasticsearchClient } from '../../src/elasticsearch/client.ts';
import { installAuditAssets } from '../../src/elasticsearch/install.ts';
import { auditDocument } from '../../src/shipping/audit-document.ts';
import { compareWithCopies } from '../../src/shipping/compare.ts';
import { createLogShipping } from '../../src/shipping/log-shipping.ts';
import { createAuditShipper } from '../../src/shipping/shipper.ts';
import { createShippingStore } from '../../src/shipping/shipping-store.ts';
import { box, openTrail, silentLog, type TrailDatabase } from '../chain/trail-database.ts';

const home = process.env[elasticsearchHomeVariable] ?? '';
const javaHome = process.env[elasticsearchJavaVariable] ?? '';
const stream = auditDataStream('default');

const config = (url: string) => ({
  ...{ nodes: [url], username: undefined, password: undefined, apiKey: undefined, ca: undefined },
  ...{
    install: true,
    namespace: 'default',
    retentionDays: 30,
    timeoutMs: 10_000,
    logs: true,
    logRetentionDays: 7,
  },
});

describe.skipIf(home === '')('audit events and a real Elasticsearch', () => {
  let server: ElasticsearchTestServer;
  let client: ElasticsearchClient;
  let shop: TrailDatabase;

  beforeAll(async () => {
    [server, shop] = await Promise.all([
      startElasticsearch({ home, javaHome, isQuickStart: false }),
      openTrail(),
    ]);
    client = (await createElasticsearch(config(server.url))) as ElasticsearchClient;
  }, 180_000);
  afterAll(async () => {
    await client.close();
    await Promise.all([server.close(), shop.close()]);
  });
  recordForeignSoftware(
    'Elasticsearch',
    'ships audit events and logs to it, while it is killed and full',
    async () => (await client.info()).version.number,
  );
  beforeEach(async () => {
    await shop.reset();
    await client.indices.deleteDataStream({ name: stream }, { ignore: [404] });
    await install();
  });

  const install = () => installAuditAssets({ client, log: silentLog, ...config(server.url) });

  const document = (event: ChainedEvent, gatehouse: object = {}) =>
    auditDocument('shop', event, {
      ...{ action: String(event.facts['action']), outcome: 'success', category: ['iam'], type: ['info'] },
      ...{
        correlationId: `request-${event.position}`,
        user: { id: 'someone' },
        clientAddress: '203.0.113.7',
      },
      gatehouse: gatehouse as Record<string, unknown>,
    });

  const createShipper = (toDocument = (event: ChainedEvent) => document(event)) => {
    const shipped = { events: 0, setAside: 0 };
    const shipper = createAuditShipper({
      ...{ pool: shop.pool, name: 'shop', receiver: 'Elasticsearch', log: silentLog, retryPauseMs: 10 },
      store: createShippingStore(shop.trail, 'elasticsearch'),
      writer: createBulkWriter(client, stream),
      toDocument,
      onShipped: (events) => {
        shipped.events += events;
      },
      onSetAside: (events) => {
        shipped.setAside += events;
      },
    });
    return { shipper, shipped };
  };

  /** Ships until everything is there, whatever happens to the server meanwhile. */
  async function shipAll(shipper: ReturnType<typeof createShipper>['shipper']): Promise<number> {
    for (let failures = 0; ; ) {
      try {
        await shipper.shipOnce();
        return failures;
      } catch {
        failures += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async function inElasticsearch() {
    await client.indices.refresh({ index: stream });
    const { hits, aggregations } = await client.search({
      ...{ index: stream, size: 0, track_total_hits: true },
      aggs: { last: { max: { field: 'event.sequence' } } },
    });
    const total = typeof hits.total === 'object' ? hits.total.value : hits.total;
    return { total, last: (aggregations as { last: { value: number } }).last.value };
  }

  it('arrive all and once, although the server is killed and started again twice', async () => {
    const count = 100_000;
    await shop.append(count);
    await shop.chain();
    const { shipper, shipped } = createShipper();
    const heapBefore = heapMiB();
    let heapMost = 0;
    const watch = setInterval(() => {
      heapMost = Math.max(heapMost, heapMiB());
    }, 50);

    const arrived = shipAll(shipper);
    for (const share of [0.25, 0.6]) {
      while (shipped.events < share * count) await new Promise((resolve) => setTimeout(resolve, 10));
      await server.kill();
      await server.restart();
    }
    const failures = await arrived;
    clearInterval(watch);

    expect(failures).toBeGreaterThan(0);
    expect(await inElasticsearch()).toEqual({ total: count, last: count });
    print(
      `100 000 events, 2 kills: heap ${heapBefore} MiB before, ${heapMost} MiB at most, ${failures} failed rounds`,
    );
    expect(heapMost - heapBefore).toBeLessThan(200);
  }, 400_000);

  it('are not doubled by a shipper that died before it noted what it had sent, in an index that was rolled over', async () => {
    await shop.append(500);
    await shop.chain();
    await createShipper().shipper.shipOnce();
    await client.indices.rollover({ alias: stream });
    await shop.pool.query('UPDATE shop.audit_shipping SET position = 100');

    await createShipper().shipper.shipOnce();

    expect(await inElasticsearch()).toEqual({ total: 500, last: 500 });
  });

  it('are not doubled either by one that shipped before and takes over from one that died, in an index that was rolled over', async () => {
    const [first, second] = [createShipper(), createShipper()];
    await shop.append(100);
    await shop.chain();
    await first.shipper.shipOnce();
    await shop.append(100);
    await shop.chain();
    // The second sent all it had, and died before it noted that.
    await second.shipper.shipOnce();
    await shop.pool.query('UPDATE shop.audit_shipping SET position = 100');
    await client.indices.rollover({ alias: stream });

    await first.shipper.shipOnce();

    expect(await inElasticsearch()).toEqual({ total: 200, last: 200 });
  });

  it('go on without a gap when replicas take turns and one after the other ends', async () => {
    const shippers = Array.from({ length: 3 }, () => createShipper().shipper);
    const isOver = shippers.map(() => false);
    const replicas = shippers.map(async (shipper, index) => {
      while (!isOver[index]) await shipper.shipOnce();
    });
    for (let round = 0; round < 30; round++) {
      await shop.append(40);
      await shop.chain();
      if (round === 10) isOver[0] = true;
      if (round === 20) isOver[1] = true;
    }
    isOver.fill(true);
    await Promise.all(replicas);
    await createShipper().shipper.shipOnce();

    expect(await inElasticsearch()).toEqual({ total: 1200, last: 1200 });
  });

  it('wait while the server is short of memory and answers 429, and go on by themselves', async () => {
    await shop.append(200);
    await shop.chain();
    const { shipper } = createShipper();
    await shipper.shipOnce();
    await shop.append(200);
    await shop.chain();
    const allow = (limit: string | null) =>
      client.cluster.putSettings({ persistent: { 'network.breaker.inflight_requests.limit': limit } });
    await allow('6kb');
    await expect(shipper.shipOnce()).rejects.toMatchObject({ statusCode: 429 });

    await allow(null);
    await shipper.shipOnce();

    expect(await inElasticsearch()).toEqual({ total: 400, last: 400 });
  });

  it('wait while the index takes no writes, as it is when the disk is full, and go on by themselves', async () => {
    await shop.append(50);
    await shop.chain();
    const { shipper } = createShipper();
    await shipper.shipOnce();
    await shop.append(50);
    await shop.chain();
    await client.indices.putSettings({
      index: stream,
      settings: { 'index.blocks.read_only_allow_delete': true },
    });
    await expect(shipper.shipOnce()).rejects.toThrow(/cluster_block_exception/);

    await client.indices.putSettings({
      index: stream,
      settings: { 'index.blocks.read_only_allow_delete': null },
    });
    await shipper.shipOnce();

    expect(await inElasticsearch()).toEqual({ total: 100, last: 100 });
  });

  it('that the mapping refuses are set aside, hold up nobody, and arrive when they fit', async () => {
    await shop.append(20);
    await shop.chain();
    const odd = createShipper((event) => document(event, event.position === 7 ? { unknown: 'field' } : {}));
    await odd.shipper.shipOnce();

    expect(odd.shipped).toEqual({ events: 19, setAside: 1 });
    expect(await inElasticsearch()).toEqual({ total: 19, last: 20 });
    const { rows } = await shop.pool.query('SELECT position, reason FROM shop.audit_set_aside');
    expect(rows).toEqual([
      { position: '7', reason: 'strict_dynamic_mapping_exception: field [unknown] within [gatehouse]' },
    ]);

    expect(await createShipper().shipper.reship()).toBe(1);
    expect(await inElasticsearch()).toEqual({ total: 20, last: 20 });
    expect((await shop.pool.query('SELECT 1 FROM shop.audit_set_aside')).rowCount).toBe(0);
  });

  it('that all conflict with a mapping which somebody changed are set aside with their reason, and arrive once it is mended', async () => {
    const template = {
      ...{ index_patterns: [stream], data_stream: {}, priority: 900, version: 1 },
      template: { mappings: { properties: { client: { type: 'keyword' } } } },
    };
    const put = (method: string, body?: object) =>
      client.transport.request({
        method,
        path: '/_index_template/of-somebody-else',
        ...(body ? { body } : {}),
      });
    await put('PUT', template);
    await shop.append(30);
    await shop.chain();
    const { shipper, shipped } = createShipper();
    await shipper.shipOnce().finally(() => put('DELETE'));

    expect(shipped).toEqual({ events: 0, setAside: 30 });
    const { rows } = await shop.pool.query('SELECT DISTINCT reason FROM shop.audit_set_aside');
    expect(rows).toEqual([{ reason: 'document_parsing_exception: field [client] of type [keyword]' }]);

    await client.indices.rollover({ alias: stream });
    expect(await shipper.reship()).toBe(30);
    expect(await inElasticsearch()).toEqual({ total: 30, last: 30 });
  });

  it('tell of a database that was set back to an earlier moment, seals and all', async () => {
    const verify = async () => {
      const { days } = await verifyAuditTrail({ trail: shop.trail, secretBox: box, keptFrom: '2000-01-01' });
      const lastPosition = () => readLastPosition('shop', shop.pool);
      return compareWithCopies(days, { client, dataStream: stream, service: 'shop', lastPosition });
    };
    for (const day of ['2027-01-14', '2027-01-15']) {
      await shop.append(10);
      await shop.chain(day);
    }
    await createShipper().shipper.shipOnce();
    await client.indices.refresh({ index: stream });
    expect(await verify()).toMatchObject([
      { day: '2027-01-14', copied: true, problems: [] },
      { day: '2027-01-15', copied: true, problems: [] },
    ]);

    await shop.pool.query(`DELETE FROM shop.events WHERE seq > 10;
      DELETE FROM shop.audit_days WHERE day = '2027-01-15'`);
    expect(await verify()).toMatchObject([
      { day: '2027-01-14', problems: [] },
      { problems: ['Elasticsearch has events up to 20, here they end with 10: the end was cut off'] },
    ]);

    await shop.append(10);
    await shop.chain('2027-01-15');
    expect(await verify()).toMatchObject([
      { problems: [] },
      { copied: false, problems: ['Elasticsearch has another event 20: this one was put in its place'] },
    ]);
  });

  it('find their templates installed once, and kept by a release that knows an older version', async () => {
    const version = async () =>
      (await client.indices.getIndexTemplate({ name: 'gatehouse-audit' })).index_templates[0]?.index_template
        .version;
    await install();
    expect(await version()).toBe(1);
    const policies = await client.ilm.getLifecycle({ name: 'gatehouse-audit' });
    expect(policies['gatehouse-audit']?.policy.phases.delete?.min_age).toBe('30d');

    const template = { index_patterns: [stream], data_stream: {}, priority: 500, version: 99 };
    await client.transport.request({
      method: 'PUT',
      path: '/_index_template/gatehouse-audit',
      body: template,
    });
    await install();

    expect(await version()).toBe(99);
    await client.indices.deleteIndexTemplate({ name: 'gatehouse-audit' });
  });

  it('wait with a sentence for the administrator where templates may not be installed and are not there', async () => {
    await client.indices.deleteIndexTemplate({ name: 'gatehouse-audit' });

    await expect(
      installAuditAssets({ client, log: silentLog, ...config(server.url), install: false }),
    ).rejects.toThrow(/no index template gatehouse-audit: install it/);
  });

  it('are joined by log lines, where the installation wants those too', async () => {
    const logs = createLogShipping({ client, ...config(server.url), intervalMs: 20 });
    const log = createLogger('example', { level: 'info', format: 'json' }, new PassThrough().resume(), logs);
    logs.start(silentLog);
    log.warn({ correlationId: 'c-1', err: new TypeError('of a kind'), attempt: 3 }, 'something is odd');

    const index = 'logs-gatehouse.service-default';
    const found = await vi.waitFor(async () => {
      await client.indices.refresh({ index, ignore_unavailable: true });
      const { hits } = await client.search({ index, ignore_unavailable: true });
      expect(hits.hits).toHaveLength(1);
      return hits.hits[0]?._source;
    }, 20_000);
    expect(found).toMatchObject({
      message: 'something is odd',
      log: { level: 'warn' },
      service: { name: 'example' },
      http: { request: { id: 'c-1' } },
      error: { type: 'TypeError', message: 'of a kind' },
      gatehouse: { attempt: 3 },
    });
    const { indices } = await client.ilm.explainLifecycle({ index });
    expect(Object.values(indices)).toMatchObject([{ policy: 'gatehouse-service-logs' }]);
  });

  it('travel nearly as fast as the bare bulk client sends the same documents', async () => {
    const count = 30_000;
    await shop.append(count);
    await shop.chain();
    const store = createShippingStore(shop.trail, 'bare');
    const documents: ReturnType<typeof document>[] = [];
    for (let events = await store.next(1000); events.length > 0; events = await store.next(1000)) {
      documents.push(...events.map((event) => document(event)));
      await store.advance(events.at(-1)?.position ?? 0, []);
    }
    const bareMs = await timeOf(async () => {
      for (let index = 0; index < count; index += 1000) {
        const operations = documents
          .slice(index, index + 1000)
          .flatMap(({ id, body }) => [{ create: { _id: `bare-${id}` } }, body]);
        await client.bulk({ index: stream, operations });
      }
    });
    const shippingMs = await timeOf(async () => void (await createShipper().shipper.shipOnce()));

    print(
      `shipping ${Math.round(count / (shippingMs / 1000))} events/s, bare bulk ${Math.round(count / (bareMs / 1000))}/s, ratio ${(bareMs / shippingMs).toFixed(2)}`,
    );
    expect(await inElasticsearch()).toMatchObject({ total: 2 * count });
  }, 200_000);
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function heapMiB(): number {
  return Math.round(process.memoryUsage().heapUsed / 1_048_576);
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
