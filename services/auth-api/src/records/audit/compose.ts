/** Composes the trail of security events: Redis stream → PostgreSQL → hash chain → Elasticsearch and a second destination. */
import type { createElasticsearch } from '@gatehouse/audit-trail/elasticsearch';
import { createAuditLag, forwardDestination, forwardProbe } from '@gatehouse/audit-trail/forwarding';
import { createPseudonymise } from '@gatehouse/audit-trail/shipping';
import { createAuditWorker } from '@gatehouse/audit-trail/worker';
import { workOff } from '@gatehouse/service-kit/background';
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import { createDomainEvent } from '../../core/domain-event.ts';
import { createRetention } from './confirm-retention.ts';
import { auditedService, securityDocument } from './document.ts';
import { createAuditDrain } from './drain.ts';
import { createAuditErasure } from './erase.ts';
import type { RecordedAuditEvent } from './event.ts';
import { createFloodLimits } from './flood-limit.ts';
import { auditRoutes } from './routes.ts';
import { createSeenPeople } from './seen-people.ts';
import { type AuditFilter, findAuditPage } from './store.ts';
import { createAuditStream } from './stream.ts';
import { securityTrail } from './trail.ts';
import { createWaiting } from './waiting.ts';
import { createAuditWriter } from './writer.ts';

interface AuditDependencies {
  config: Pick<Config, 'audit' | 'elasticsearch' | 'auditForward'>;
  /** Absent: no Elasticsearch. */
  elasticsearch: Awaited<ReturnType<typeof createElasticsearch>>;
}

export type Audit = ServicesOf<typeof composeAudit>;

export function composeAudit(core: Core, { config, elasticsearch: client }: AuditDependencies) {
  const { pool, writer: primary, redis, keyspace, secretBox, now, trust, isWritable, requireWritable } = core;
  const { log, metrics } = core.kit;
  const { elasticsearch, auditForward } = config;
  const { pseudonymKey, retentionDays } = config.audit;
  const stream = createAuditStream(redis, keyspace.name('audit'));
  const waiting = createWaiting({ stream, now, metrics });
  const drain = createAuditDrain({ pool: primary, stream, log, onWaiting: waiting.observe });
  const drained = () =>
    workOff({
      round: drain.drainOnce,
      oldest: stream.oldestMs,
      newest: stream.newestMs,
      failing: 'security events still wait in Redis',
    });
  const pseudonymise = createPseudonymise(pseudonymKey);
  const trail = securityTrail(pool);
  const worker = createAuditWorker({
    trail,
    service: auditedService,
    retentionDays,
    elasticsearch,
    client,
    forward: forwardDestination(auditForward, now),
    toDocument: (event) => securityDocument(event, pseudonymise),
    secretBox,
    now,
    trust,
    log,
    metrics,
  });
  const recorded = createDomainEvent<[event: RecordedAuditEvent]>('a security event was recorded', log);
  const audit = createAuditWriter({ stream, now, recorded });
  const shippingLag = createAuditLag(trail, { elasticsearch, forward: auditForward, now });
  const floodLimits = createFloodLimits({ audit, log });
  const start = () => {
    drain.start();
    // The writable region chains, ships and deletes what all regions write.
    if (isWritable) worker.start();
  };
  const services = {
    writer: audit,
    /** Each event that the writer took. */
    recorded,
    worker,
    forwardProbe: forwardProbe(trail, auditForward, now),
    /** @throws Error while Redis or PostgreSQL is away */
    lag: async () => (await Promise.all([waiting.lag(), shippingLag()])).flat(),
    retention: createRetention({ pool, requireWritable, audit }),
    /** Resolves when the events that wait now are in PostgreSQL, whichever replica moves them. @throws Error after a second */
    drained,
    seenPeople: createSeenPeople({ db: pool, primary, drained }),
    search: { find: (filter: AuditFilter) => findAuditPage(pool, filter) },
    erasure: createAuditErasure({ ...core, audit, worker, drained, pseudonymise }),
    /** Makes a writer for events that anybody can cause without limit. */
    floodLimited: floodLimits.limited,
    start,
  };
  return {
    services,
    mounts: [['operators', '/auth/v3/ops/audit', (app) => auditRoutes(app, services)]],
    work: start,
    close: () => Promise.all([floodLimits.close(), drain.stop(), worker.close()]),
  } satisfies Domain;
}
