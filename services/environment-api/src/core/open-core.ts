/** Opens the stores and creates the core that every domain builds on. */
import { createChangeLog } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { isWritable } from '@gatehouse/service-kit/config';
import { createSecretBox } from '@gatehouse/service-kit/crypto';
import type { Kit } from '@gatehouse/service-kit/http';
import {
  archiveProbe,
  assertMigrated,
  atAddress,
  createPool,
  type PoolOptions,
  pingPostgres,
  postgresProbe,
} from '@gatehouse/service-kit/postgres';
import {
  createKeyspace,
  createRedis,
  pingRedis,
  redisProbe,
  untilRedisIsReady,
} from '@gatehouse/service-kit/redis';
import { createStoreClock, type ServiceClock, trustedClock } from '@gatehouse/service-kit/timekeeping';
import type { Config } from '../config.ts';
import { migrationsFolder, schema } from '../migrate.ts';
import type { Domain } from './domain.ts';

/** Each `compose.ts` takes by name what it needs. */
export type Core = ReturnType<typeof openCore>['core'];

export function openCore(config: Config, kit: Kit, clockOfTest?: Clock) {
  const { log, metrics } = kit;
  const poolOptions = { schema, applicationName: 'gatehouse-environment-api', log };
  const pool = createPool(config.postgres, poolOptions);
  const region = { location: config.location, ...config.environment };
  const primary = isWritable(region) ? pool : openPrimary(config, poolOptions);
  const redis = createRedis(config.redis, { log });
  const keyspace = createKeyspace(config.redis.keyPrefix);
  const clock: ServiceClock =
    clockOfTest === undefined
      ? createStoreClock({
          pool,
          writer: primary ?? pool,
          redis,
          ...config.clock,
          log,
          metrics,
          commonKey: keyspace.name('clock'),
        })
      : trustedClock(clockOfTest);
  const { now, trust } = clock;
  const channel = keyspace.name('changes:environment');
  return {
    clock,
    core: {
      kit,
      log,
      now,
      /** Of the clock: work that deletes or orders by time stops without it. */
      trust,
      pool,
      /** Takes what every region writes: `pool`, or the primary of another region; undefined: this region has no way to it. */
      primary,
      redis,
      keyspace,
      secretBox: createSecretBox(config.encryption.keys),
      changeLog: createChangeLog({ pool, redis, schema, channel, log }),
      region,
      /** Whether this region takes writes, and maintains what the database holds. */
      isWritable: isWritable(region),
      publicUrl: config.publicUrl,
    },
  };
}

/** The first domain: nothing else starts before its stores and its clock, and they are closed last. */
export function composeStorage({ pool, primary, redis }: Core, { clock }: { clock: ServiceClock }) {
  return {
    start: [
      { name: 'postgresql', run: () => assertMigrated(pool, schema, migrationsFolder) },
      // Not needed, but the first requests should not meet one that still connects.
      { name: 'redis', run: () => untilRedisIsReady(redis, 500) },
      { name: 'clock', run: clock.start },
    ],
    ready: [
      { name: 'postgresql', check: () => pingPostgres(pool) },
      clock.readinessCheck,
      // Without it, changes are announced a few seconds later, which is no reason to refuse requests.
      { name: 'redis', isAdvisory: true, check: () => pingRedis(redis) },
    ],
    probes: [
      postgresProbe({ db: pool, schema, migrationsFolder }),
      redisProbe(redis, { keepsTokens: false }),
      clock.probe,
      archiveProbe(pool),
    ],
    async close() {
      await using closers = new AsyncDisposableStack();
      closers.defer(() => pool.end());
      if (primary !== pool) closers.defer(async () => primary?.end());
      closers.defer(() => redis.disconnect());
      closers.defer(clock.stop);
    },
  } satisfies Domain;
}

/** The primary of another region. */
function openPrimary({ postgres }: Config, options: PoolOptions) {
  const { primaryHost, primaryPort } = postgres;
  if (primaryHost === undefined) return undefined;
  // New people are few: the primary keeps its connections for others.
  return createPool(atAddress({ ...postgres, poolSize: 2 }, primaryHost, primaryPort), options);
}
