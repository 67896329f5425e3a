/** Composes the trail of security events: Redis stream → PostgreSQL → hash chain → Elasticsearch and a second destination. */
import { setTimeout as delay } from 'node:timers/promises';
import type { createElasticsearch, ElasticsearchConfig } from '@gatehouse/audit-trail/elasticsearch';
import {
  createAuditLag,
  type ForwardConfig,
  forwardDestination,
  forwardProbe,
} from '@gatehouse/audit-trail/forwarding';
import { createPseudonymise } from '@gatehouse/audit-trail/shipping';
import { createAuditWorker } from '@gatehouse/audit-trail/worker';
import type { AuditLag } from '@gatehouse/contracts/answers';
import type { Secret } from '@gatehouse/service-kit/crypto';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import { createDomainEvent } from '../../core/domain-event.ts';
import { createRetention } from './confirm-retention.ts';
import { auditedService, securityDocument } from './document.ts';
import { createAuditDrain } from './drain.ts';
import { createAuditErasure } from './erase.ts';
import type { RecordedAuditEvent } from './event.ts';
import { createFloodLimit, type FloodLimit, type FloodLimits } from './flood-limit.ts';
import { auditRoutes } from './routes.ts';
import { createSeenPeople } from './seen-people.ts';
import { type AuditFilter, findAuditPage } from './store.ts';
import { createAuditStream } from './stream.ts';
import { securityTrail } from './trail.ts';
import { createAuditWriter } from './writer.ts';

interface AuditDependencies {
  config: {
    audit: { pseudonymKey: Secret | undefined; retentionDays: number };
    elasticsearch: ElasticsearchConfig;
    auditForward: ForwardConfig;
  };
  /** Absent: no Elasticsearch. */
  elasticsearch: Awaited<ReturnType<typeof createElasticsearch>>;
}

export type Audit = ServicesOf<typeof composeAudit>;

export function composeAudit(core: Core, { config, elasticsearch: client }: AuditDependencies) {
  const { pool, writer: primary, redis, keyspace, secretBox, now, trust, isWritable, requireWritable } = core;
  const { audit: settings, elasticsearch } = config;
  const { log, metrics } = core.kit;
  const stream = createAuditStream(redis, keyspace.name('audit'));
  const waiting = metrics.gauge(
    'gatehouse_audit_waiting_events',
    'Security events that wait in Redis for their row in PostgreSQL.',
  );
  const waitingSeconds = metrics.gauge(
    'gatehouse_audit_waiting_seconds',
    'Age of the oldest security event that waits in Redis; 0 when none does.',
  );
  const drain = createAuditDrain({
    pool: primary,
    stream,
    log,
    onWaiting(events, oldestMs) {
      waiting.set(events);
      waitingSeconds.set(oldestMs === undefined ? 0 : Math.max(0, (now() - oldestMs) / 1000));
    },
  });
  const pseudonymise = createPseudonymise(settings.pseudonymKey);
  const trail = securityTrail(pool);
  const worker = createAuditWorker({
    trail,
    service: auditedService,
    retentionDays: settings.retentionDays,
    elasticsearch,
    client,
    forward: forwardDestination(config.auditForward, now),
    toDocument: (event) => securityDocument(event, pseudonymise),
    secretBox,
    now,
    trust,
    log,
    metrics,
  });
  const recorded = createDomainEvent<[event: RecordedAuditEvent]>('a security event was recorded', log);
  const writer = createAuditWriter({ stream, now, recorded });
  /** Resolves when the events that wait now are in PostgreSQL, whichever replica moves them. @throws Error after a second */
  const drained = async () => {
    const untilMs = now();
    for (let round = 0; round < 50; round += 1) {
      await drain.drainOnce();
      const oldestMs = await stream.oldestMs();
      if (oldestMs === undefined || oldestMs > untilMs) return;
      await delay(20);
    }
    throw new Error('security events still wait in Redis');
  };
  const floodLimits: FloodLimit[] = [];
  const shippingLag = createAuditLag(trail, { elasticsearch, forward: config.auditForward, now });

  const start = () => {
    drain.start();
    // The writable region chains, ships and deletes what all regions write.
    if (isWritable) worker.start();
  };

  const services = {
    writer,
    /** Each event that the writer took. */
    recorded,
    worker,
    forwardProbe: forwardProbe(trail, config.auditForward, now),
    /** @throws Error while Redis or PostgreSQL is away */
    async lag(): Promise<AuditLag[]> {
      const [shipping, events, oldestMs] = await Promise.all([
        shippingLag(),
        stream.length(),
        stream.oldestMs(),
      ]);
      const oldestSeconds = oldestMs === undefined ? 0 : Math.max(0, (now() - oldestMs) / 1000);
      return [{ destination: 'postgresql', waiting: events, oldestSeconds, refused: 0 }, ...shipping];
    },
    retention: createRetention({ pool, requireWritable, audit: writer }),
    drained,
    seenPeople: createSeenPeople({ db: pool, primary, drained }),
    search: { find: (filter: AuditFilter) => findAuditPage(pool, filter) },
    erasure: createAuditErasure({
      pool,
      requireWritable,
      audit: writer,
      auditWorker: worker,
      drain: drain.drainOnce,
      pseudonymise,
    }),
    /** Makes a writer for events that anybody can cause without limit. */
    floodLimited(limits: FloodLimits) {
      const limit = createFloodLimit({ audit: writer, log, ...limits });
      floodLimits.push(limit);
      return limit;
    },
    start,
  };
  return {
    services,
    mounts: [['operators', '/auth/v3/ops/audit', (app) => auditRoutes(app, services)]],
    work: start,
    async close() {
      const numbers = floodLimits.map((limit) => limit.close());
      await Promise.all([...numbers, drain.stop(), worker.close()]);
    },
  } satisfies Domain;
}
