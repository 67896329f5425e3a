/** Composes the way of security events: Redis stream → PostgreSQL → hash chain → Elasticsearch. */
import { createDisguise } from '@gatehouse/audit-trail/chain/disguise';
import { type AuditKeeper, createAuditKeeper } from '@gatehouse/audit-trail/chain/keeper';
import { createElasticsearch } from '@gatehouse/audit-trail/elasticsearch/client';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import type { Kit } from '@gatehouse/service-kit/http/run';
import type { Pool } from '@gatehouse/service-kit/postgres/pool';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { auditedService, securityDocument } from './audit/document.ts';
import { createAuditDrain } from './audit/drain.ts';
import { type AuditErasure, createAuditErasure } from './audit/erase.ts';
import type { AuditWriter } from './audit/event.ts';
import { createFloodLimit, type FloodLimit, type FloodLimits } from './audit/flood-limit.ts';
import { type AuditSearch, createAuditSearch } from './audit/search.ts';
import { createAuditStream } from './audit/stream.ts';
import { securityTrail } from './audit/trail.ts';
import { createAuditWriter } from './audit/writer.ts';
import type { Config } from './config.ts';

export interface AuditDeps {
  audit: AuditWriter;
  auditSearch: AuditSearch;
  auditKeeper: AuditKeeper;
  auditErasure: AuditErasure;
  /** A writer for events of which a stranger may cause as many as he likes. */
  floodLimited(limits: FloodLimits): Pick<AuditWriter, 'write'>;
  /** Brings what waits in Redis into PostgreSQL now. */
  drainAudit(): Promise<number>;
}

interface Foundation {
  config: Config;
  kit: Kit;
  pool: Pool;
  redis: RedisClient;
  keyspace: Keyspace;
  secretBox: SecretBox;
  now: Clock;
}

export async function createAuditDeps({ config, kit, pool, redis, keyspace, secretBox, now }: Foundation) {
  const { log, metrics } = kit;
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
    ...{ pool, stream, log },
    onWaiting(events, oldestMs) {
      waiting.set(events);
      waitingSeconds.set(oldestMs === undefined ? 0 : Math.max(0, (now() - oldestMs) / 1000));
    },
  });
  const disguise = createDisguise(config.audit.pseudonymKey);
  const auditKeeper = createAuditKeeper({
    trail: securityTrail(pool),
    service: auditedService,
    retentionDays: config.audit.retentionDays,
    elasticsearch: config.elasticsearch,
    client: await createElasticsearch(config.elasticsearch),
    toDocument: (event) => securityDocument(event, disguise),
    ...{ secretBox, now, log, metrics },
  });
  const audit = createAuditWriter({ stream, now });
  const floodLimits: FloodLimit[] = [];
  const deps: AuditDeps = {
    audit,
    auditSearch: createAuditSearch(pool),
    auditKeeper,
    auditErasure: createAuditErasure({ pool, audit, auditKeeper, drain: drain.drainOnce, disguise }),
    drainAudit: () => drain.drainOnce(),
    floodLimited(limits) {
      const limit = createFloodLimit({ audit, log, ...limits });
      floodLimits.push(limit);
      return limit;
    },
  };
  return {
    deps,
    start() {
      drain.start();
      auditKeeper.start();
    },
    async close() {
      const numbers = floodLimits.map((limit) => limit.close());
      await Promise.all([...numbers, drain.stop(), auditKeeper.close()]);
    },
  };
}
