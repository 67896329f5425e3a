/** Composes the audit trail: its service, the worker that chains and ships it, and its routes. */

import { type createElasticsearch, elasticsearchProbe } from '@gatehouse/audit-trail/elasticsearch';
import { createAuditLag, forwardDestination, forwardProbe } from '@gatehouse/audit-trail/forwarding';
import { createPseudonymise } from '@gatehouse/audit-trail/shipping';
import { createAuditWorker } from '@gatehouse/audit-trail/worker';
import { advisoryCheck } from '@gatehouse/service-kit/health';
import { createDeletionBounds } from '@gatehouse/service-kit/postgres';
import type { Config } from '../config.ts';
import type { Domain, ServicesOf } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { schema } from '../migrate.ts';
import { auditRoutes } from './routes.ts';
import { createAuditService } from './service.ts';
import { auditedService, configurationDocument, configurationTrail } from './trail.ts';

interface AuditDependencies {
  config: Pick<Config, 'audit' | 'auditForward' | 'elasticsearch'>;
  /** Absent: no Elasticsearch. */
  elasticsearch: Awaited<ReturnType<typeof createElasticsearch>>;
}

export type Audit = ServicesOf<typeof composeAudit>;

export function composeAudit(core: Core, { config, elasticsearch: client }: AuditDependencies) {
  const { pool, changeLog, secretBox, isWritable, region, now, trust, log } = core;
  const { audit, auditForward, elasticsearch } = config;
  const service = createAuditService(pool);
  const pseudonymise = createPseudonymise(audit.pseudonymKey);
  const trail = configurationTrail(pool);
  const worker = createAuditWorker({
    trail,
    service: auditedService,
    retentionDays: audit.retentionDays,
    elasticsearch,
    client,
    forward: forwardDestination(auditForward, now),
    toDocument: (event) => configurationDocument(event, pseudonymise),
    secretBox,
    now,
    trust,
    log,
    metrics: core.kit.metrics,
  });
  const bounds = createDeletionBounds(pool, schema);
  const ofElasticsearch = elasticsearchProbe(elasticsearch);
  return {
    services: {
      service,
      worker,
      bounds,
      /** @throws Error while PostgreSQL is away */
      lag: createAuditLag(trail, { elasticsearch, forward: auditForward, now }),
    },
    mounts: [
      [
        'callers',
        '/audit',
        (api) => auditRoutes(api, { audit: service, auditWorker: worker, changeLog, bounds, region, log }),
      ],
    ],
    work() {
      // A read-only region has a copy of the database, whose trail the writable region maintains.
      if (isWritable) worker.start();
    },
    ready: elasticsearch.nodes.length > 0 ? [advisoryCheck('elasticsearch', ofElasticsearch)] : [],
    probes: [ofElasticsearch, forwardProbe(trail, auditForward, now)],
    close: () => worker.close(),
  } satisfies Domain;
}
