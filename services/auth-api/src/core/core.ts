/** Describes what every domain builds on: the process, its stores, and the facts of the installation. */

import type { HttpClient } from '@gatehouse/api-client/http';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { Kit } from '@gatehouse/service-kit/http';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';

/** Made once by `open-core.ts`; each `compose.ts` takes by name what it needs. */
export interface Core {
  kit: Kit;
  log: Logger;
  now: Clock;
  /** Of the clock: work that deletes, rotates or orders by time stops without it. */
  trust: Trust;
  pool: Pool;
  /** Every region writes here: to `pool`, or to the primary of another region where `pool` is a standby. */
  writer: Pool;
  redis: RedisClient;
  /** Opens another connection to Redis, for blocking reads and subscriptions. */
  openRedis(): RedisClient;
  keyspace: Keyspace;
  secretBox: SecretBox;
  /** Changes that the replicas of Auth API tell each other; in a read-only region none can be made. */
  changes: ChangeLog;
  /** Calls to addresses that clients and providers registered. */
  outbound: HttpClient;
  publicUrl: string;
  /** `<publicUrl>/auth/v3`: the one issuer of the installation. */
  issuer: string;
  /** Chooses settings and Configuration Servers by region, such as `/USW1`. */
  location: string;
  /** Whether this region takes the writes of administrators, and works off what the database holds. */
  isWritable: boolean;
  /** @throws AppError 403 `read_only_region` */
  requireWritable(): void;
  /** Whether the compat profile is on. */
  isCompat: boolean;
  /** Maximum lifetime of everything that can be revoked. */
  maxLifeMs: number;
}
