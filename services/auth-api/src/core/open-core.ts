/** Opens the stores and creates the core that every domain builds on. */

import { createAddressPolicy, createHttpClient } from '@gatehouse/api-client/http';
import { type ChangeLog, createChangeLog } from '@gatehouse/service-kit/changes';
import { isWritable, type Region, requireWritable } from '@gatehouse/service-kit/config';
import { createSecretBox } from '@gatehouse/service-kit/crypto';
import type { ReadinessCheck } from '@gatehouse/service-kit/health';
import type { Kit } from '@gatehouse/service-kit/http';
import {
  archiveProbe,
  assertMigrated,
  atAddress,
  createPool,
  pingPostgres,
  postgresProbe,
} from '@gatehouse/service-kit/postgres';
import {
  createKeyspace,
  createRedis,
  duplicateRedis,
  pingRedis,
  redisProbe,
  untilRedisIsReady,
} from '@gatehouse/service-kit/redis';
import { createStoreClock, type ServiceClock } from '@gatehouse/service-kit/timekeeping';
import type { Config } from '../config.ts';
import type { Core, Domain } from './domain.ts';

export const schema = 'auth';
export const migrationsFolder = new URL('../../migrations/', import.meta.url);

/** The connections to PostgreSQL and Redis. */
type Stores = ReturnType<typeof openStores>;

export function openStores({ postgres, redis: redisSettings, location, region }: Config, { log }: Kit) {
  const options = { schema, applicationName: 'gatehouse-auth-api', log };
  const pool = createPool(postgres, options);
  const { primaryHost, primaryPort } = postgres;
  // A region that takes over writes to its own server: the old primary may come back, and is copied over then.
  const isElsewhere = primaryHost !== undefined && !isWritable({ location, ...region });
  const writer = isElsewhere ? createPool(atAddress(postgres, primaryHost, primaryPort), options) : pool;
  const redis = createRedis(redisSettings, { log });
  return {
    pool,
    writer,
    redis,
    openRedis: () => duplicateRedis(redisSettings, log),
    async close() {
      redis.disconnect();
      await pool.end();
      if (isElsewhere) await writer.end();
    },
  };
}

/** The time of the PostgreSQL that every region writes to. */
export const openClock = (config: Config, { log, metrics }: Kit, { pool, writer, redis }: Stores) =>
  createStoreClock({
    pool,
    writer,
    redis,
    ...config.clock,
    log,
    metrics,
    commonKey: createKeyspace(config.redis.keyPrefix).name('clock'),
  });

export function createCore(config: Config, kit: Kit, stores: Stores, { now, trust }: ServiceClock): Core {
  const { log } = kit;
  const { pool, writer, redis, openRedis } = stores;
  const { publicUrl, location, tokens, sessions, outbound } = config;
  const addresses = createAddressPolicy(outbound.allowedNetworks, outbound.allowLoopback);
  const region = { location, ...config.region };
  const keyspace = createKeyspace(config.redis.keyPrefix);
  const maxLifeSeconds = Math.max(
    tokens.longestAccessTtlSeconds,
    tokens.longestRefreshTtlSeconds,
    sessions.absoluteSeconds,
    sessions.rememberSeconds,
  );
  return {
    kit,
    log,
    now,
    trust,
    pool,
    writer,
    redis,
    openRedis,
    keyspace,
    publicUrl,
    location,
    isWritable: isWritable(region),
    requireWritable: () => requireWritable(region),
    secretBox: createSecretBox(config.encryption.keys),
    changes: ofRegion(
      createChangeLog({ pool, redis, schema, channel: keyspace.name('changes:auth'), log }),
      region,
    ),
    addresses,
    outbound: createHttpClient({ addresses, ca: outbound.ca, timeoutMs: outbound.timeoutMs }),
    issuer: `${publicUrl}/auth/v3`,
    isCompat: config.compat.enabled,
    maxLifeMs: 1000 * maxLifeSeconds,
  };
}

interface OpenedStores {
  stores: Stores;
  clock: ServiceClock;
}

/** The first domain: nothing else starts before its stores and its clock, and they are closed last. */
export function composeStorage({ outbound }: Core, { stores, clock }: OpenedStores) {
  const { pool, redis } = stores;
  const ready: ReadinessCheck[] = [
    { name: 'redis', check: () => pingRedis(redis) },
    clock.readinessCheck,
    // Tokens are issued and judged without it.
    { name: 'postgresql', isAdvisory: true, check: () => pingPostgres(pool) },
  ];
  return {
    start: [
      { name: 'postgresql', run: () => assertMigrated(pool, schema, migrationsFolder) },
      {
        name: 'redis',
        async run() {
          // A ping while it still connects would fail, and be followed by a pause.
          await untilRedisIsReady(redis, 500);
          await pingRedis(redis);
        },
      },
      // Nothing is issued before the time is known.
      { name: 'clock', run: clock.start },
    ],
    ready,
    probes: [
      postgresProbe({ db: pool, schema, migrationsFolder }),
      redisProbe(redis, { keepsTokens: true }),
      clock.probe,
      archiveProbe(pool),
    ],
    async close() {
      await using closers = new AsyncDisposableStack();
      closers.defer(stores.close);
      closers.defer(clock.stop);
      closers.defer(async () => outbound.close());
    },
  } satisfies Domain;
}

/** A read-only region refuses what administrators write before a standby would. */
function ofRegion(changes: ChangeLog, region: Region): ChangeLog {
  return {
    ...changes,
    async inTransaction(work) {
      requireWritable(region);
      return changes.inTransaction(work);
    },
  };
}
