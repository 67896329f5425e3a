/** Opens the stores and creates the core that every domain builds on. */

import { createAddressPolicy } from '@gatehouse/api-client/address-policy';
import { createHttpClient } from '@gatehouse/api-client/http-client';
import { createChangeLog } from '@gatehouse/service-kit/changes/log';
import type { Clock } from '@gatehouse/service-kit/clock';
import { createSecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import type { Kit } from '@gatehouse/service-kit/http/run';
import { createPool } from '@gatehouse/service-kit/postgres/pool';
import { createKeyspace, createRedis, duplicateRedis } from '@gatehouse/service-kit/redis/client';
import type { Config } from './config.ts';
import type { Core } from './core.ts';

const schema = 'auth';

/** The connections to PostgreSQL and Redis; `describe.ts` replaces them. */
export type Stores = ReturnType<typeof openStores>;

export function openStores({ postgres, redis: redisSettings }: Config, { log }: Kit) {
  const pool = createPool(postgres, { schema, applicationName: 'gatehouse-auth-api', log });
  const redis = createRedis(redisSettings, { log });
  return {
    pool,
    redis,
    openRedis: () => duplicateRedis(redisSettings, log),
    async close() {
      redis.disconnect();
      await pool.end();
    },
  };
}

export function createCore(config: Config, kit: Kit, stores: Stores, now: Clock): Core {
  const { log } = kit;
  const { pool, redis, openRedis } = stores;
  const { publicUrl, location, tokens, sessions } = config;
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
    pool,
    redis,
    openRedis,
    keyspace,
    publicUrl,
    location,
    secretBox: createSecretBox(config.encryption.keys),
    changes: createChangeLog({ pool, redis, schema, channel: keyspace.name('changes:auth'), log }),
    outbound: createHttpClient({
      addresses: createAddressPolicy(config.outbound.allowedNetworks, config.outbound.allowLoopback),
      ca: config.outbound.ca,
      timeoutMs: config.outbound.timeoutMs,
    }),
    issuer: `${publicUrl}/auth/v3`,
    isCompat: config.compat.enabled,
    maxLifeMs: 1000 * maxLifeSeconds,
  };
}
