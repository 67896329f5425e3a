/** Chains, ships and deletes the events of an audit trail in the background, and verifies and erases on request. */
import type { VerifiedDay, VerifiedTrail } from '@gatehouse/contracts/answers';
import { createRepeatingWork, workOff } from '@gatehouse/service-kit/background';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { AppError, unavailable } from '@gatehouse/service-kit/errors';
import type { Logger, Metrics } from '@gatehouse/service-kit/observability';
import { holdAdvisoryLock, inTransaction, type Queryable } from '@gatehouse/service-kit/postgres';
import { createAuditChainer } from '../chain/chainer.ts';
import { keptFromDay, readLastPosition, resealDays } from '../chain/days.ts';
import { eraseFromChain, resealErasures } from '../chain/erasure.ts';
import { createAuditDeletion } from '../chain/retention.ts';
import type { AuditTrail, ChainedEvent } from '../chain/trail.ts';
import { verifyAuditTrail } from '../chain/verify.ts';
import { auditDataStream } from '../elasticsearch/audit-assets.ts';
import type { Document } from '../elasticsearch/bulk.ts';
import {
  type ElasticsearchClient,
  type ElasticsearchConfig,
  readableFailure,
} from '../elasticsearch/client.ts';
import { compareWithCopies } from '../shipping/compare.ts';
import { elasticsearchDestination } from '../shipping/elasticsearch-destination.ts';
import { type ErasedCopies, erasePersonalFields } from '../shipping/erase-copies.ts';
import { shippingLock } from '../shipping/shipper.ts';
import { ageSeconds, createShippingWork, type Destination } from '../shipping/shipping-work.ts';

interface AuditWorkerOptions {
  trail: AuditTrail;
  /** Name of the service in Elasticsearch. */
  service: string;
  secretBox: SecretBox;
  now: Clock;
  /** Nothing is chained, shipped or deleted without it. */
  trust: Trust;
  /** Age at which events are deleted from PostgreSQL, in days. */
  retentionDays: number;
  elasticsearch: ElasticsearchConfig;
  /** Undefined: nothing is shipped there. `close` closes it. */
  client: ElasticsearchClient | undefined;
  /** The second destination. `close` closes it. */
  forward?: Destination | undefined;
  toDocument(event: ChainedEvent): Document;
  log: Logger;
  metrics: Metrics;
  intervalMs?: number;
}

export type AuditWorker = ReturnType<typeof createAuditWorker>;

export function createAuditWorker(options: AuditWorkerOptions) {
  const { trail, client, secretBox, log, now, trust, retentionDays, intervalMs = 1000 } = options;
  const keptFrom = () => keptFromDay(now(), retentionDays);
  const chaining = createChainingWork(options);
  const destinations = [
    client && elasticsearchDestination(client, options.elasticsearch, log),
    options.forward,
  ].filter((destination) => destination !== undefined);
  const shippings = destinations.map((destination) =>
    createShippingWork({ ...options, destination, intervalMs }),
  );
  const deletion = createAuditDeletion(trail, {
    retentionDays,
    shippedTo: destinations.map(({ target }) => target),
  });
  const expiring = createRepeatingWork({
    log,
    when: trust,
    intervalMs: 60_000,
    maxPauseMs: 600_000,
    round: async () => (await deletion.round()) > 0,
    failing: 'audit events past their time could not be deleted',
    recovered: 'audit events past their time are deleted again',
  });
  const works = [chaining, expiring, ...shippings];

  return {
    /** Chains, ships and deletes at intervals until `close`. */
    start() {
      for (const work of works) work.start();
    },
    async close() {
      await Promise.all(works.map((work) => work.stop()));
      await Promise.all(destinations.map((destination) => destination.close()));
    },
    async verify(days: { from?: string | undefined; to?: string | undefined }): Promise<VerifiedTrail> {
      const verified = await verifyAuditTrail({ trail, secretBox, keptFrom: keptFrom(), ...days });
      if (client === undefined) return verified;
      return { ...verified, days: await compare(verified.days, client, options) };
    },
    /** Sends again what a destination refused. Resolves the number of events that were taken. @throws AppError 409, 503 */
    async reship(): Promise<number> {
      if (shippings.length === 0)
        throw new AppError(
          'no_elasticsearch',
          409,
          'Audit events have no destination: set GATEHOUSE_ELASTICSEARCH_NODES, GATEHOUSE_AUDIT_FORWARD_URL or both',
        );
      let taken = 0;
      for (const { reship, destination } of shippings) {
        taken += await reship().catch((error: unknown) => {
          throw unavailable(destination.receiver, { cause: destination.readable(error) });
        });
      }
      return taken;
    },
    /** Resolves when the events that wait now have their place in the chain, whichever replica chains them. @throws Error after a second */
    chained: chaining.chained,
    /** Erases personal data in PostgreSQL: see `eraseFromChain`. */
    erase: (transaction: Queryable, erase: () => Promise<readonly string[]>) =>
      eraseFromChain(trail, { transaction, secretBox }, erase),
    /** Erases a person in the copies. Resolves the number of documents. @throws AppError 503 */
    async eraseCopies(person: ErasedCopies): Promise<number> {
      if (client === undefined) return 0;
      try {
        return await inTransaction(trail.pool, async (transaction) => {
          // Without the lock, a shipper that read the events before their erasure could write them afterwards.
          await holdAdvisoryLock(transaction, shippingLock(trail.schema));
          return erasePersonalFields(client, auditDataStream(options.elasticsearch.namespace), person);
        });
      } catch (error) {
        throw unavailable('Elasticsearch', { cause: readableFailure(error) });
      }
    },
    /** Reseals under the active key what was sealed under another one. Resolves the number of days. */
    async reseal(): Promise<number> {
      await resealErasures(trail.schema, trail.pool, secretBox);
      return resealDays(trail.schema, trail.pool, secretBox);
    },
  };
}

function createChainingWork(options: AuditWorkerOptions) {
  const { log, metrics, now, trust, intervalMs = 1000 } = options;
  const breaks = metrics.counter(
    'gatehouse_audit_chain_breaks_total',
    'Times that the audit chain did not end as it was sealed: somebody changed the database.',
  );
  const unchained = metrics.gauge(
    'gatehouse_audit_unchained_seconds',
    'Age of the oldest audit event that has no place in the chain yet; 0 when all have one.',
  );
  const { chainOnce, oldestWaitingMs, waitingSeq } = createAuditChainer({
    ...options,
    onBroken(problem) {
      breaks.inc();
      log.error(
        { problem },
        'the audit trail was changed in the database: gatehouse audit verify shows where',
      );
    },
  });
  const work = createRepeatingWork({
    log,
    when: trust,
    intervalMs,
    maxPauseMs: 30_000,
    async round(signal) {
      try {
        await chainOnce(signal);
      } finally {
        unchained.set(ageSeconds(await oldestWaitingMs(), now()));
      }
      return false;
    },
    failing: 'audit events could not be entered into their chain',
    recovered: 'audit events are entered into their chain again',
  });
  const failing = 'audit events still wait for the chain';
  const chained = () =>
    workOff({ round: chainOnce, oldest: () => waitingSeq('min'), newest: () => waitingSeq('max'), failing });
  return { ...work, chained };
}

/** Adds the comparison with Elasticsearch, or only a warning when Elasticsearch does not answer. */
async function compare(
  verified: VerifiedDay[],
  client: ElasticsearchClient,
  { trail, service, elasticsearch, log }: AuditWorkerOptions,
): Promise<VerifiedDay[]> {
  try {
    return await compareWithCopies(verified, {
      client,
      dataStream: auditDataStream(elasticsearch.namespace),
      service,
      lastPosition: () => readLastPosition(trail.schema, trail.pool),
    });
  } catch (error) {
    log.warn({ err: readableFailure(error) }, 'the audit trail could not be compared with Elasticsearch');
    return verified;
  }
}
