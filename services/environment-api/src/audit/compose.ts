/** Composes the audit trail: its service, the worker that chains and ships it, and its routes. */

import { createElasticsearch, type ElasticsearchConfig } from '@gatehouse/audit-trail/elasticsearch/client';
import { createAuditLag } from '@gatehouse/audit-trail/forwarding/audit-lag';
import {
  type ForwardConfig,
  forwardDestination,
} from '@gatehouse/audit-trail/forwarding/forward-destination';
import { forwardProbe } from '@gatehouse/audit-trail/forwarding/forward-probe';
import { createPseudonymise } from '@gatehouse/audit-trail/shipping/audit-document';
import { createAuditWorker } from '@gatehouse/audit-trail/worker/audit-worker';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import type { Region } from '@gatehouse/service-kit/config';
import type { Secret, SecretBox } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { Logger, Metrics } from '@gatehouse/service-kit/observability';
import { createDeletionBounds, type Pool } from '@gatehouse/service-kit/postgres';
import { auditRoutes } from './routes.ts';
import { createAuditService } from './service.ts';
import { auditedService, configurationDocument, configurationTrail } from './trail.ts';

export async function composeAudit({
  pool,
  changeLog,
  secretBox,
  elasticsearch,
  auditForward,
  pseudonymKey,
  retentionDays,
  isWritable,
  region,
  now,
  trust,
  log,
  metrics,
}: {
  pool: Pool;
  changeLog: ChangeLog;
  secretBox: SecretBox;
  elasticsearch: ElasticsearchConfig;
  auditForward: ForwardConfig;
  pseudonymKey: Secret | undefined;
  retentionDays: number;
  isWritable: boolean;
  region: Region;
  now: Clock;
  trust: Trust;
  log: Logger;
  metrics: Metrics;
}) {
  const service = createAuditService(pool);
  const pseudonymise = createPseudonymise(pseudonymKey);
  const trail = configurationTrail(pool);
  const worker = createAuditWorker({
    trail,
    service: auditedService,
    retentionDays,
    elasticsearch,
    client: await createElasticsearch(elasticsearch),
    forward: forwardDestination(auditForward, now),
    toDocument: (event) => configurationDocument(event, pseudonymise),
    secretBox,
    now,
    trust,
    log,
    metrics,
  });
  // A read-only region has a copy of the database, whose trail the writable region maintains.
  if (isWritable) worker.start();
  const bounds = createDeletionBounds(pool, 'environment');
  return {
    service,
    worker,
    bounds,
    /** @throws Error while PostgreSQL is away */
    lag: createAuditLag(trail, { elasticsearch, forward: auditForward, now }),
    forwardProbe: forwardProbe(trail, auditForward, now),
    routes: async (api: App) =>
      auditRoutes(api, { audit: service, auditWorker: worker, changeLog, bounds, region, log }),
    close: () => worker.close(),
  };
}
