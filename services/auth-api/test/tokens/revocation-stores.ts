/** PostgreSQL and Redis for tests of revocations; replicas and connections end with each test. */

import { createLogger } from '@gatehouse/service-kit/observability';
import { createPool, type Pool } from '@gatehouse/service-kit/postgres';
import { createRedis, type RedisClient, untilRedisIsReady } from '@gatehouse/service-kit/redis';
import type { TestDatabase } from '@gatehouse/testing/postgres';
import { redisConfigOf, startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { afterAll, afterEach, beforeAll } from 'vitest';
import {
  createRevocations,
  type Revocations,
  type RevocationsOptions,
} from '../../src/records/revocation/revocations.ts';
import { createRevocationStream } from '../../src/records/revocation/stream.ts';
import { createRevocationTable } from '../../src/records/revocation/table.ts';
import { createAuthDatabase, postgresAt } from '../stack/database.ts';

export const log = createLogger('test', { level: 'silent', format: 'json' });

export interface RevocationStores {
  server: TestRedis;
  pool: Pool;
  connect(blocking: boolean): Promise<RedisClient>;
  /** Replicas with the same key share the stream; all share the table. */
  startReplica(
    key: string,
    options: Pick<RevocationsOptions, 'now' | 'maxLifeMs'> & Partial<RevocationsOptions>,
  ): Promise<Revocations>;
}

/** Registers the hooks of the file that calls it; the stores are there when its tests run. */
export function useRevocationStores(): RevocationStores {
  const clients: RedisClient[] = [];
  const started: Revocations[] = [];
  let database: TestDatabase | undefined;
  const stores = {
    async connect(blocking) {
      const client = createRedis(redisConfigOf(stores.server, 500), { log, blocking });
      clients.push(client);
      await untilRedisIsReady(client);
      return client;
    },
    async startReplica(key, options) {
      const revocations = createRevocations({
        stream: createRevocationStream(await stores.connect(false), await stores.connect(true), key),
        table: createRevocationTable({ pool: stores.pool, lifeMs: options.maxLifeMs }),
        trust: { isTrusted: true },
        log,
        ...options,
      });
      await revocations.start();
      started.push(revocations);
      return revocations;
    },
  } as RevocationStores;
  beforeAll(async () => {
    stores.server = await startRedis({ persistent: true });
    database = await createAuthDatabase();
    stores.pool = createPool(
      { ...postgresAt(database.url), statementTimeoutMs: 2000 },
      { schema: 'auth', applicationName: 'test', log },
    );
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((revocations) => revocations.close()));
    for (const client of clients.splice(0)) client.disconnect();
  });
  afterAll(async () => {
    await stores.pool?.end();
    await Promise.all([stores.server?.close(), database?.close()]);
  });
  return stores;
}
