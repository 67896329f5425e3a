/** Ships a trail to Elasticsearch at intervals and measures what waits. */
import { createRepeatingWork } from '@gatehouse/service-kit/background/repeating-work';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Metrics } from '@gatehouse/service-kit/metrics/registry';
import type { AuditTrail, ChainedEvent } from '../chain/trail.ts';
import { auditDataStream } from '../elasticsearch/audit-assets.ts';
import { createBulkWriter, type Document } from '../elasticsearch/bulk.ts';
import {
  type ElasticsearchClient,
  type ElasticsearchConfig,
  readableFailure,
} from '../elasticsearch/client.ts';
import { installAuditAssets } from '../elasticsearch/install.ts';
import { createAuditShipper } from './shipper.ts';
import { createShippingStore } from './shipping-store.ts';

interface ShippingWorkOptions {
  trail: AuditTrail;
  client: ElasticsearchClient;
  elasticsearch: ElasticsearchConfig;
  toDocument(event: ChainedEvent): Document;
  now: Clock;
  log: Logger;
  metrics: Metrics;
  intervalMs: number;
}

export const shippingTarget = 'elasticsearch';

export function createShippingWork(options: ShippingWorkOptions) {
  const { trail, client, elasticsearch, toDocument, now, log, metrics, intervalMs } = options;
  const gauges = createGauges(metrics);
  const shipped = metrics.counter(
    'gatehouse_audit_shipped_events_total',
    'Audit events taken by Elasticsearch.',
  );
  const store = createShippingStore(trail, shippingTarget);
  const shipper = createAuditShipper({
    pool: trail.pool,
    name: trail.schema,
    store,
    writer: createBulkWriter(client, auditDataStream(elasticsearch.namespace)),
    toDocument,
    log,
    onShipped: (events) => shipped.inc(events),
  });
  let isInstalled = false;

  async function round(signal: AbortSignal): Promise<boolean> {
    try {
      if (!isInstalled) await installAuditAssets({ client, log, ...elasticsearch });
      isInstalled = true;
      await shipper.shipOnce(signal);
    } catch (error) {
      // After a repair this may be another, empty Elasticsearch, so the next round checks the templates again.
      isInstalled = false;
      if (!signal.aborted) throw readableFailure(error);
    } finally {
      gauges.waiting.set(await store.waiting());
      gauges.delay.set(ageSeconds(await store.oldestWaitingMs(), now()));
      gauges.setAside.set(await store.setAsideCount());
    }
    return false;
  }

  const work = createRepeatingWork({
    log,
    intervalMs,
    maxPauseMs: 30_000,
    round,
    failing: 'audit events wait in PostgreSQL: Elasticsearch does not take them',
    recovered: 'audit events reach Elasticsearch again',
  });
  return { ...work, reship: shipper.reship };
}

function createGauges(metrics: Metrics) {
  return {
    waiting: metrics.gauge(
      'gatehouse_audit_unshipped_events',
      'Audit events in PostgreSQL that Elasticsearch does not have yet.',
    ),
    delay: metrics.gauge(
      'gatehouse_audit_unshipped_seconds',
      'Age of the oldest audit event that Elasticsearch does not have yet; 0 when it has all.',
    ),
    setAside: metrics.gauge(
      'gatehouse_audit_set_aside_events',
      'Audit events that Elasticsearch refused for what they are.',
    ),
  };
}

/** Age of an event in seconds; 0 where there is none. */
export function ageSeconds(atMs: number | undefined, nowMs: number): number {
  return atMs === undefined ? 0 : Math.max(0, (nowMs - atMs) / 1000);
}
