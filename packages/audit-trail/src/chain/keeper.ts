/** Keeps an audit trail in the background: chained always, shipped to Elasticsearch where there is one. */
import { createRepeatingWork, type RepeatingWork } from '@gatehouse/service-kit/background/repeating-work';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { AppError, unavailable } from '@gatehouse/service-kit/errors/app-error';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Metrics } from '@gatehouse/service-kit/metrics/registry';
import { holdAdvisoryLock } from '@gatehouse/service-kit/postgres/advisory-lock';
import { inTransaction, type Queryable } from '@gatehouse/service-kit/postgres/pool';
import { auditDataStream } from '../elasticsearch/audit-assets.ts';
import { createBulkWriter, type Document, readableFailure } from '../elasticsearch/bulk-writer.ts';
import type { ElasticsearchClient, ElasticsearchConfig } from '../elasticsearch/client.ts';
import { compareWithCopies } from '../elasticsearch/compare.ts';
import { erasePersonalFields, type PersonQuery } from '../elasticsearch/erase.ts';
import { installAuditAssets } from '../elasticsearch/install.ts';
import { createAuditShipper, shippingLock } from '../elasticsearch/shipper.ts';
import { createAuditChainer } from './chainer.ts';
import { keptFromDay, readLastPosition, resealDays } from './days.ts';
import { eraseFromChain, resealErasures } from './erasure.ts';
import { deleteExpired } from './retention.ts';
import { createShippingStore } from './shipping-store.ts';
import type { AuditTrail, ChainedEvent } from './trail.ts';
import { type VerifiedDay, verifyAuditTrail } from './verify.ts';

export interface AuditKeeper {
  /** Chains and ships at intervals until close(). */
  start(): void;
  close(): Promise<void>;
  verify(days: { from?: string | undefined; to?: string | undefined }): Promise<VerifiedDay[]>;
  /** Tries again what Elasticsearch refused; the number of events that it took. @throws AppError 409, 503 */
  reship(): Promise<number>;
  /** Gives what waits its place in the chain now. */
  chain(): Promise<void>;
  /** Takes persons out of events: see eraseFromChain. */
  erase(transaction: Queryable, erase: () => Promise<readonly string[]>): Promise<number>;
  /** Takes a person out of the copies in Elasticsearch; the number of documents. @throws AppError 503 */
  eraseCopies(person: PersonQuery): Promise<number>;
  /** Seals under the current key-encryption key what was sealed under another one. */
  reseal(): Promise<number>;
}

export interface AuditKeeperOptions {
  trail: AuditTrail;
  /** Name of the service in Elasticsearch. */
  service: string;
  secretBox: SecretBox;
  now: Clock;
  /** Older events are deleted from PostgreSQL, in days. */
  retentionDays: number;
  elasticsearch: ElasticsearchConfig;
  /** Undefined: nothing is shipped. It is closed with the keeper. */
  client: ElasticsearchClient | undefined;
  toDocument(event: ChainedEvent): Document;
  log: Logger;
  metrics: Metrics;
  intervalMs?: number;
}

const longestPauseMs = 30_000;
const shippingTarget = 'elasticsearch';

export function createAuditKeeper(options: AuditKeeperOptions): AuditKeeper {
  const { trail, secretBox, log, now, retentionDays, intervalMs = 1000 } = options;
  const keptFrom = () => keptFromDay(now(), retentionDays);
  const breaks = options.metrics.counter(
    'gatehouse_audit_chain_breaks_total',
    'Times that the audit chain did not end as it was sealed: somebody changed the database.',
  );
  const chainer = createAuditChainer({
    ...options,
    onBroken(problem) {
      breaks.inc();
      log.error(
        { problem },
        'the audit trail was changed in the database: gatehouse audit verify shows where',
      );
    },
  });
  const unchained = options.metrics.gauge(
    'gatehouse_audit_unchained_seconds',
    'Age of the oldest audit event that has no place in the chain yet; 0 when all have one.',
  );
  const chaining = createRepeatingWork({
    log,
    intervalMs,
    longestPauseMs,
    async round(signal) {
      try {
        await chainer.chainOnce(signal);
      } finally {
        unchained.set(ageSeconds(await chainer.oldestWaitingMs(), now()));
      }
      return false;
    },
    failing: 'audit events could not be entered into their chain',
    recovered: 'audit events are entered into their chain again',
  });
  const { client } = options;
  const shipping = client === undefined ? undefined : createShipping(client, options);
  const expiring = createRepeatingWork({
    log,
    intervalMs: 60_000,
    longestPauseMs: 600_000,
    async round() {
      const target = client === undefined ? undefined : shippingTarget;
      return (await deleteExpired(trail, { before: keptFrom(), shippedTo: target })) > 0;
    },
    failing: 'audit events past their time could not be deleted',
    recovered: 'audit events past their time are deleted again',
  });
  const works: RepeatingWork[] = [chaining, expiring, ...(shipping === undefined ? [] : [shipping.work])];
  return {
    start() {
      for (const work of works) work.start();
    },
    async close() {
      await Promise.all(works.map((work) => work.stop()));
      await client?.close();
    },
    async verify(days) {
      const verified = await verifyAuditTrail({ trail, secretBox, keptFrom: keptFrom(), ...days });
      if (client === undefined) return verified;
      const copies = {
        client,
        dataStream: auditDataStream(options.elasticsearch.namespace),
        service: options.service,
        lastPosition: () => readLastPosition(trail.schema, trail.pool),
      };
      return compareWithCopies(verified, copies).catch((error) => {
        log.warn({ err: readableFailure(error) }, 'the audit trail could not be compared with Elasticsearch');
        return verified;
      });
    },
    async reship() {
      if (shipping === undefined)
        throw new AppError('no_elasticsearch', 409, 'No Elasticsearch is configured: nothing is shipped');
      try {
        return await shipping.reship();
      } catch (error) {
        throw unavailable('Elasticsearch', { cause: readableFailure(error) });
      }
    },
    chain: async () => {
      await chainer.chainOnce();
    },
    erase: (transaction, erase) => eraseFromChain(trail, { transaction, secretBox }, erase),
    async eraseCopies(person) {
      if (client === undefined) return 0;
      try {
        return await inTransaction(trail.pool, async (transaction) => {
          // A shipper that read the events before they were erased would write them afterwards.
          await holdAdvisoryLock(transaction, shippingLock(trail.schema));
          return erasePersonalFields(client, auditDataStream(options.elasticsearch.namespace), person);
        });
      } catch (error) {
        throw unavailable('Elasticsearch', { cause: readableFailure(error) });
      }
    },
    async reseal() {
      await resealErasures(trail.schema, trail.pool, secretBox);
      return resealDays(trail.schema, trail.pool, secretBox);
    },
  };
}

function ageSeconds(atMs: number | undefined, nowMs: number): number {
  return atMs === undefined ? 0 : Math.max(0, (nowMs - atMs) / 1000);
}

function createShipping(client: ElasticsearchClient, options: AuditKeeperOptions) {
  const { trail, elasticsearch, log, metrics, intervalMs = 1000 } = options;
  const shipped = metrics.counter(
    'gatehouse_audit_shipped_events_total',
    'Audit events taken by Elasticsearch.',
  );
  const waiting = metrics.gauge(
    'gatehouse_audit_unshipped_events',
    'Audit events in PostgreSQL that Elasticsearch does not have yet.',
  );
  const delay = metrics.gauge(
    'gatehouse_audit_unshipped_seconds',
    'Age of the oldest audit event that Elasticsearch does not have yet; 0 when it has all.',
  );
  const setAside = metrics.gauge(
    'gatehouse_audit_set_aside_events',
    'Audit events that Elasticsearch refused for what they are.',
  );
  const store = createShippingStore(trail, shippingTarget);
  const shipper = createAuditShipper({
    pool: trail.pool,
    name: trail.schema,
    store,
    writer: createBulkWriter(client, auditDataStream(elasticsearch.namespace)),
    toDocument: options.toDocument,
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
      // Whoever puts things right may have done so with another Elasticsearch: the templates are looked for again.
      isInstalled = false;
      if (!signal.aborted) throw readableFailure(error);
    } finally {
      waiting.set(await store.waiting());
      delay.set(ageSeconds(await store.oldestWaitingMs(), options.now()));
      setAside.set(await store.setAsideCount());
    }
    return false;
  }

  const work = createRepeatingWork({
    log,
    intervalMs,
    longestPauseMs,
    round,
    failing: 'audit events wait in PostgreSQL: Elasticsearch does not take them',
    recovered: 'audit events reach Elasticsearch again',
  });
  return { work, reship: shipper.reship };
}
