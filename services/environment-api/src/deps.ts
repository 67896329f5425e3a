/** Opens PostgreSQL and Redis and composes the domains, in the order of the layers. */

import { basicAuthorization, createHttpClient } from '@gatehouse/api-client/http-client';
import { clientCertificatesOf } from '@gatehouse/caller-auth/sender-constraint/settings';
import { consulAccessOf } from '@gatehouse/config-server-client/discovery/consul/consul-settings';
import { createChangeLog } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { isWritable as isWritableRegion } from '@gatehouse/service-kit/config';
import { createSecretBox, linesOf } from '@gatehouse/service-kit/crypto';
import { currentCorrelationId, type Kit } from '@gatehouse/service-kit/http';
import { atAddress, createPool, type PoolOptions, postgresProbe } from '@gatehouse/service-kit/postgres';
import { createKeyspace, createRedis } from '@gatehouse/service-kit/redis';
import { createStoreClock, trustedClock } from '@gatehouse/service-kit/timekeeping';
import { composeAccess } from './access/compose.ts';
import { composeApiKeys } from './api-keys/compose.ts';
import { composeAudit } from './audit/compose.ts';
import { composeBranding } from './branding/compose.ts';
import { composeChanges } from './changes/compose.ts';
import { composeChecks } from './checks/compose.ts';
import type { Config } from './config.ts';
import { composeConfigServers } from './config-servers/compose.ts';
import { composeContactCenters } from './contact-centers/compose.ts';
import { composeCors } from './cors/compose.ts';
import { composeDiagnosis } from './diagnosis/compose.ts';
import { composeEnvironments } from './environments/compose.ts';
import { composeGlobalSettings } from './global-settings/compose.ts';
import { composeImages } from './images/compose.ts';
import { composeImportExport } from './import-export/compose.ts';
import { composeInternal } from './internal/compose.ts';
import { composeLocations } from './locations/compose.ts';
import { migrationsFolder, schema } from './migrate.ts';
import { composeOverview } from './overview/compose.ts';
import { composePeople } from './people/compose.ts';
import { composePersonNumbers } from './person-numbers/compose.ts';
import { composeScim } from './scim/compose.ts';
import { secretsProbe } from './sealed-secrets/probe.ts';
import { reencryptSecrets } from './sealed-secrets/reencrypt.ts';
import { composeSettings } from './settings/compose.ts';
import { composeSingleSignOn } from './single-sign-on/compose.ts';

export type Deps = Awaited<ReturnType<typeof createDeps>>;

export async function createDeps(config: Config, kit: Kit, clockOfTest?: Clock) {
  const { log, metrics } = kit;
  const closers = new AsyncDisposableStack();
  const closedWithApp = <T extends { close(): Promise<void> }>(opened: T): T => {
    closers.defer(() => opened.close());
    return opened;
  };

  const poolOptions = { schema, applicationName: 'gatehouse-environment-api', log };
  const pool = createPool(config.postgres, poolOptions);
  closers.defer(() => pool.end());
  const region = { location: config.location, ...config.environment };
  const isWritable = isWritableRegion(region);
  const primary = isWritable ? pool : openPrimary(config, poolOptions);
  if (primary !== pool) closers.defer(async () => primary?.end());
  const redis = createRedis(config.redis, { log });
  closers.defer(() => redis.disconnect());
  const keyspace = createKeyspace(config.redis.keyPrefix);
  const clock =
    clockOfTest === undefined
      ? createStoreClock({
          ...{ pool, writer: primary ?? pool, redis, ...config.clock, log, metrics },
          commonKey: keyspace.name('clock'),
        })
      : trustedClock(clockOfTest);
  closers.defer(clock.stop);
  const { now, trust } = clock;
  const channel = keyspace.name('changes:environment');
  const changeLog = createChangeLog({ pool, redis, schema, channel, log });
  const { id, secret } = config.serviceClient;
  const authApi = closedWithApp(
    createHttpClient({
      dependency: 'Auth API',
      baseUrl: config.authApi.internalUrl ?? config.authApi.url,
      timeoutMs: config.authApi.timeoutMs,
      authorization: async () => basicAuthorization(id, linesOf(secret.reveal())[0]),
      correlationId: currentCorrelationId,
    }),
  );
  const introspectionPath =
    config.authApi.internalUrl === undefined ? '/auth/v3/oauth/introspect' : '/auth/v3/internal/introspect';
  const secretBox = createSecretBox(config.encryption.keys);
  const consul = consulAccessOf(config.consul);

  const access = composeAccess({
    authApi,
    introspection: { path: introspectionPath, cacheMs: config.authApi.introspectionCacheMs },
    ops: config.ops,
    dpop: config.dpop,
    encryptionKeys: config.encryption.keys,
    certificates: clientCertificatesOf(config),
    resource: {
      publicUrl: config.publicUrl,
      takesCertificates: config.http.tls.clientCertificates || config.mtls.header !== undefined,
    },
    region,
    redis,
    keyspace,
    now,
    log,
  });
  const audit = closedWithApp(
    await composeAudit({
      pool,
      changeLog,
      secretBox,
      elasticsearch: config.elasticsearch,
      auditForward: config.auditForward,
      pseudonymKey: config.audit.pseudonymKey,
      retentionDays: config.audit.retentionDays,
      isWritable,
      region,
      now,
      trust,
      log,
      metrics,
    }),
  );
  const changes = closedWithApp(
    composeChanges({ changeLog, audit: audit.service, region, secretBox, now, trust, log }),
  );
  const { writer } = changes;
  const locations = composeLocations({ pool, writer, changeLog, ownLocation: config.location });
  const environments = composeEnvironments({
    pool,
    writer,
    secretBox,
    changeLog,
    reachabilityTimeoutMs: config.reachability.timeoutMs,
  });
  const configServers = composeConfigServers({
    environments: environments.service,
    reachability: environments.reachability,
  });
  const checks = composeChecks({
    pool,
    environments: environments.service,
    secretBox,
    consul,
    stepTimeoutMs: config.check.stepTimeoutMs,
    requestTimeoutMs: config.http.requestTimeoutMs,
  });
  const contactCenters = composeContactCenters({
    pool,
    writer,
    changeLog,
    isCompat: config.compat.enabled,
    administratorPlaces: access.places,
  });
  const people = composePeople({
    pool,
    writer,
    changeLog,
    contactCenters: contactCenters.service,
    administratorPlaces: access.places,
    secretBox,
    publicUrl: config.publicUrl,
    now,
  });
  const settings = composeSettings({
    pool,
    contactCenters: contactCenters.service,
    locations: locations.service,
  });
  const globalSettings = composeGlobalSettings({ pool, writer, locations: locations.service });
  const cors = composeCors({ pool, settings: settings.service, changeLog, now });
  const apiKeys = closedWithApp(
    composeApiKeys({ pool, contactCenters: contactCenters.service, isWritable, now, log }),
  );
  const scim = composeScim({
    pool,
    writer,
    people: people.service,
    apiKeys: apiKeys.service,
    others: access.admission,
    publicUrl: config.publicUrl,
    now,
  });
  const singleSignOn = composeSingleSignOn({
    pool,
    contactCenters: contactCenters.service,
    locations: locations.service,
    secretBox,
  });
  const personNumbers = composePersonNumbers({ pool, writer: primary });
  const images = composeImages({ pool, writer });
  const branding = composeBranding({
    pool,
    contactCenters: contactCenters.service,
    globalSettings: globalSettings.service,
    locations: locations.service,
    images: images.service,
  });
  const internal = composeInternal({
    environments: environments.service,
    contactCenters: contactCenters.service,
    settings: settings.service,
    branding: branding.service,
  });
  const importExport = composeImportExport({
    pool,
    writer,
    changeLog,
    secretBox,
    secretsFolder: config.import.secretsFolder,
    environments: environments.service,
    contactCenters: contactCenters.service,
    settings: settings.service,
    globalSettings: globalSettings.service,
    locations: locations.service,
    singleSignOn: singleSignOn.service,
    branding: branding.service,
    images: images.service,
  });
  const diagnosis = composeDiagnosis({
    postgresProbe: postgresProbe({ db: pool, schema, migrationsFolder }),
    clockProbe: clock.probe,
    secretsProbe: secretsProbe(pool, secretBox),
    directoriesProbe: checks.directoriesProbe,
    redis,
    authApi,
    introspectionPath,
    elasticsearch: config.elasticsearch,
    forwardProbe: audit.forwardProbe,
    consul,
    kit,
  });
  const overview = composeOverview({
    pool,
    probes: diagnosis.probes,
    lag: audit.lag,
    bounds: audit.bounds,
    now,
  });
  return {
    config,
    kit,
    clock,
    pool,
    redis,
    secretBox,
    access,
    audit,
    changes,
    locations,
    environments,
    configServers,
    checks,
    contactCenters,
    people,
    settings,
    globalSettings,
    cors,
    apiKeys,
    scim,
    singleSignOn,
    images,
    branding,
    internal,
    personNumbers,
    importExport,
    diagnosis,
    overview,
    reencrypt: () => reencryptSecrets({ db: pool, changeLog, secretBox, log }),
    close: () => closers.disposeAsync(),
  };
}

/** The primary of another region; undefined: this region has no way to it. */
function openPrimary({ postgres }: Config, options: PoolOptions) {
  const { primaryHost, primaryPort } = postgres;
  if (primaryHost === undefined) return undefined;
  // New people are few: the primary keeps its connections for others.
  return createPool(atAddress({ ...postgres, poolSize: 2 }, primaryHost, primaryPort), options);
}
