/** Describes a domain: the core that each builds on, and what it returns besides what domains of every service do. Names the audiences of routes. */
import type { AddressPolicy, HttpClient } from '@gatehouse/api-client/http';
import type { Change, ChangeLog } from '@gatehouse/service-kit/changes';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { Domain as DomainOf, Kit } from '@gatehouse/service-kit/http';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';

export type { ServicesOf } from '@gatehouse/service-kit/http';

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
  /** The addresses that those calls may reach. */
  addresses: AddressPolicy;
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

export interface Domain extends DomainOf<Audience> {
  follows?: Follows;
}

export type Audience =
  | 'pages of allowed origins'
  | 'holders of tokens'
  | 'holders of tokens or cookies'
  | 'pages of operators'
  | 'anybody'
  | 'services'
  | 'operators'
  | 'browsers'
  | 'browsers with tokens';

/** Each drops or reads again what a change has made out of date. A rejection is for the follower itself to log. */
export interface Follows {
  /** Changes by replicas of Auth API, by the entity of the change. */
  own?: Record<string, (id: string) => unknown>;
  /** Own changes were missed. */
  ownGap?(): unknown;
  /** Copies of what Environment API holds. All are dropped before it is judged what a change has ended. */
  copies?: EnvironmentApiFollower;
  /** As copies, of people: their changes concern nothing else. */
  copiesOfPeople?: EnvironmentApiFollower;
  /** Runs after that judgement. */
  afterDeactivation?: EnvironmentApiFollower;
  /** Forgets what is stored of a contact centre that is deleted; in the writable region only. */
  deletedContactCenter?(id: string): Promise<unknown>;
}

interface EnvironmentApiFollower {
  change(change: Change): unknown;
  /** Changes were missed. */
  gap(): unknown;
}
