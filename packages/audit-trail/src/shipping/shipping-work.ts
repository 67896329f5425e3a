/** Ships a trail to one destination at intervals and measures what waits. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import type { Logger, Metrics } from '@gatehouse/service-kit/observability';
import type { AuditTrail, ChainedEvent } from '../chain/trail.ts';
import type { Document, DocumentWriter } from '../elasticsearch/bulk.ts';
import { createAuditShipper } from './shipper.ts';
import { createShippingStore } from './shipping-store.ts';

/** Implementations: Elasticsearch (`elasticsearch-destination.ts`) and the second destination (`forwarding`). */
export interface Destination {
  /** Stored with the position of each trail. */
  target: string;
  /** In messages. */
  receiver: string;
  writer: DocumentWriter;
  /** Most events and bytes of one request. Default: those of the shipper. */
  batchSize?: number;
  batchBytes?: number;
  /** Called before the first events, and again after each failure. */
  prepare?(): Promise<void>;
  /** Makes an error that may be logged. */
  readable(error: unknown): Error;
  /** Names of the metrics, and how they call what has happened to an event. */
  metrics: { waiting: string; delay: string; setAside: string; shipped: string };
  close(): Promise<void>;
}

interface ShippingWorkOptions {
  trail: AuditTrail;
  destination: Destination;
  toDocument(event: ChainedEvent): Document;
  now: Clock;
  trust: Trust;
  log: Logger;
  metrics: Metrics;
  intervalMs: number;
}

export function createShippingWork(options: ShippingWorkOptions) {
  const { trail, destination, toDocument, now, log, metrics, intervalMs } = options;
  const { target, receiver, writer, batchSize, batchBytes } = destination;
  const gauges = createGauges(metrics, destination);
  const shipped = metrics.counter(destination.metrics.shipped, `Audit events taken by ${receiver}.`);
  const store = createShippingStore(trail, target);
  const shipper = createAuditShipper({
    pool: trail.pool,
    name: lockName(trail, target),
    receiver,
    store,
    writer,
    toDocument,
    log,
    onShipped: (events) => shipped.inc(events),
    ...(batchSize && { batchSize }),
    ...(batchBytes && { batchBytes }),
  });
  let isPrepared = false;

  async function round(signal: AbortSignal): Promise<boolean> {
    try {
      if (!isPrepared) await destination.prepare?.();
      isPrepared = true;
      await shipper.shipOnce(signal);
    } catch (error) {
      // After a repair this may be another, empty server, so the next round prepares it again.
      isPrepared = false;
      if (!signal.aborted) throw destination.readable(error);
    } finally {
      gauges.waiting.set(await store.waiting());
      gauges.delay.set(ageSeconds(await store.oldestWaitingMs(), now()));
      gauges.setAside.set(await store.setAsideCount());
    }
    return false;
  }

  const work = createRepeatingWork({
    log,
    when: options.trust,
    intervalMs,
    maxPauseMs: 30_000,
    round,
    failing: `audit events wait in PostgreSQL: ${receiver} does not take them`,
    recovered: `audit events reach ${receiver} again`,
  });
  return { ...work, destination, reship: shipper.reship };
}

/** That of Elasticsearch is the trail's own name, which replicas of former releases hold too. */
export function lockName({ schema }: AuditTrail, target: string): string {
  return target === 'elasticsearch' ? schema : `${schema}:${target}`;
}

function createGauges(metrics: Metrics, { receiver, metrics: names }: Destination) {
  return {
    waiting: metrics.gauge(names.waiting, `Audit events in PostgreSQL that ${receiver} does not have yet.`),
    delay: metrics.gauge(
      names.delay,
      `Age of the oldest audit event that ${receiver} does not have yet; 0 when it has all.`,
    ),
    setAside: metrics.gauge(names.setAside, `Audit events that ${receiver} refused for what they are.`),
  };
}

/** Age of an event in seconds; 0 where there is none. */
export function ageSeconds(atMs: number | undefined, nowMs: number): number {
  return atMs === undefined ? 0 : Math.max(0, (nowMs - atMs) / 1000);
}
