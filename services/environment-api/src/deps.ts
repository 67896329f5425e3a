/** What the routes stand on: the pool, Redis for announcements, Auth API for tokens, and the services above them. */

import { createDisguise } from '@gatehouse/audit-trail/chain/disguise';
import { createAuditKeeper } from '@gatehouse/audit-trail/chain/keeper';
import { createElasticsearch } from '@gatehouse/audit-trail/elasticsearch/client';
import { elasticsearchProbe } from '@gatehouse/audit-trail/elasticsearch/probe';
import { consulProbe } from '@gatehouse/config-server-client/discovery/consul/consul-probe';
import { consulAccessOf } from '@gatehouse/config-server-client/discovery/consul/consul-settings';
import { basicAuthorization, createHttpClient } from '@gatehouse/contracts/http-client';
import { createForgetting } from '@gatehouse/service-kit/changes/forget';
import { createChangeLog } from '@gatehouse/service-kit/changes/log';
import { systemClock } from '@gatehouse/service-kit/clock';
import { createSecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { currentCorrelationId } from '@gatehouse/service-kit/http/correlation';
import type { Kit } from '@gatehouse/service-kit/http/run';
import { createLastUses } from '@gatehouse/service-kit/postgres/last-uses';
import { createPool } from '@gatehouse/service-kit/postgres/pool';
import { postgresProbe } from '@gatehouse/service-kit/postgres/probe';
import { createRedis } from '@gatehouse/service-kit/redis/client';
import { createKeyspace } from '@gatehouse/service-kit/redis/keys';
import { redisProbe } from '@gatehouse/service-kit/redis/probe';
import { isWritable } from './access/region.ts';
import { createApiKeyService } from './api-keys/service.ts';
import { writeKeyUses } from './api-keys/store.ts';
import { createAuditService } from './audit/service.ts';
import { auditedService, configurationDocument, configurationTrail } from './audit/trail.ts';
import { createWriter } from './changes/writer.ts';
import { createCheckService } from './checks/service.ts';
import type { Config } from './config.ts';
import { createConfigServerService } from './config-servers/service.ts';
import { createContactCenterService } from './contact-centers/service.ts';
import { createAllowedOrigins } from './cors/allowed-origins.ts';
import { createCorsService } from './cors/service.ts';
import { createAccessDeps } from './deps-access.ts';
import { authApiProbe } from './diagnosis/auth-api-probe.ts';
import { createEnvironmentService } from './environments/service.ts';
import { createResolveSecret } from './estate/secret-reference.ts';
import { createEstateService } from './estate/service.ts';
import { createGlobalSettingService } from './global-settings/service.ts';
import { createReplay } from './idempotency/replay.ts';
import { createLocationService } from './locations/service.ts';
import { migrationsFolder, schema } from './migrate.ts';
import { createReachability } from './reachability/probe.ts';
import { secretsProbe } from './sealed-secrets/probe.ts';
import { reencryptSecrets } from './sealed-secrets/reencrypt.ts';
import { createSettingService } from './settings/service.ts';
import { createSingleSignOnService } from './single-sign-on/service.ts';

export type Deps = Awaited<ReturnType<typeof createDeps>>;

export async function createDeps(config: Config, kit: Kit, now = systemClock) {
  const { log } = kit;
  const pool = createPool(config.postgres, { schema, applicationName: 'gatehouse-environment-api', log });
  const redis = createRedis(config.redis, { log, isTraced: kit.tracing !== undefined });
  const keyspace = createKeyspace(config.redis.keyPrefix);
  const consul = consulAccessOf(config.consul);
  const authApi = createHttpClient({
    dependency: 'Auth API',
    baseUrl: config.authApi.url,
    timeoutMs: config.authApi.timeoutMs,
    authorization: () => basicAuthorization(config.serviceClient.id, config.serviceClient.secret.reveal()),
    correlationId: currentCorrelationId,
  });
  const channel = keyspace.name('changes:environment');
  const changeLog = createChangeLog({ pool, redis, schema, channel, log });
  const audit = createAuditService(pool);
  const region = { location: config.location, ...config.environment };
  const secretBox = createSecretBox(config.encryption.keys);
  const disguise = createDisguise(config.audit.pseudonymKey);
  const auditKeeper = createAuditKeeper({
    trail: configurationTrail(pool),
    service: auditedService,
    retentionDays: config.audit.retentionDays,
    elasticsearch: config.elasticsearch,
    client: await createElasticsearch(config.elasticsearch),
    toDocument: (event) => configurationDocument(event, disguise),
    ...{ secretBox, now, log, metrics: kit.metrics },
  });
  // The region that takes writes keeps the trail; another one has a copy of its database.
  const forgetting = createForgetting(changeLog, { now, log });
  if (isWritable(region)) {
    auditKeeper.start();
    forgetting.start();
  }
  const replay = createReplay({ secretBox, now });
  const writer = createWriter({ changeLog, audit, region, replay, now });
  const environments = createEnvironmentService({ db: pool, writer, secretBox });
  const contactCenters = createContactCenterService(pool, writer);
  const locations = createLocationService(pool, writer, config.location);
  const settings = createSettingService({ db: pool, contactCenters, locations });
  const cors = createCorsService(pool, settings);
  const globalSettings = createGlobalSettingService({ db: pool, writer, locations });
  const singleSignOn = createSingleSignOnService({ db: pool, contactCenters, locations, secretBox });
  const uses = createLastUses({
    write: (keyUses) => writeKeyUses(pool, keyUses),
    now,
    log,
    what: 'API keys',
    gatherMs: 0,
    isWritable: isWritable(region),
  });
  return {
    config,
    kit,
    pool,
    secretBox,
    changeLog,
    audit,
    auditKeeper,
    environments,
    configServers: createConfigServerService(environments),
    reachability: createReachability(config.reachability.timeoutMs),
    checks: createCheckService({
      pool,
      environments,
      secretBox,
      registries: { consul },
      // The rest of the request's time is for the answer.
      limits: { ...config.check, totalTimeoutMs: Math.max(1000, config.http.requestTimeoutMs - 5000) },
    }),
    contactCenters,
    locations,
    apiKeys: createApiKeyService({ db: pool, contactCenters, uses, now }),
    settings,
    globalSettings,
    singleSignOn,
    estate: createEstateService(pool, writer, {
      environments,
      contactCenters,
      settings,
      globalSettings,
      locations,
      singleSignOn,
      secretBox,
      resolveSecret: createResolveSecret({ env: process.env, folder: config.import.secretsFolder }),
    }),
    cors,
    allowedOrigins: createAllowedOrigins({ read: cors.allOrigins, changeLog, now }),
    ...(await createAccessDeps({ config, kit, redis, authApi, now })),
    probes: [
      postgresProbe({ db: pool, schema, migrationsFolder, now }),
      redisProbe(redis, { keepsTokens: false }),
      secretsProbe(pool, secretBox),
      authApiProbe(authApi),
      elasticsearchProbe(config.elasticsearch),
      consulProbe(consul),
    ],
    reencrypt: () => reencryptSecrets({ db: pool, changeLog, secretBox, log }),
    async close() {
      redis.disconnect();
      await Promise.all([uses.settled(), auditKeeper.close(), forgetting.stop()]);
      await Promise.all([pool.end(), authApi.close()]);
    },
  };
}
