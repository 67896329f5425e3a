/** The composed passkeys of a replica on real stores, with people, their browsers and their authenticators. */

import { randomToken } from '@gatehouse/service-kit/crypto';
import { forbidden } from '@gatehouse/service-kit/errors';
import type { Probe } from '@gatehouse/service-kit/health';
import { createLogger } from '@gatehouse/service-kit/observability';
import { createPool, type Pool } from '@gatehouse/service-kit/postgres';
import type { TestDatabase } from '@gatehouse/testing/postgres';
import { watchLog } from '@gatehouse/testing/secrets';
import type { Authenticator, Page } from '@gatehouse/testing/webauthn';
import { createFactorEnds } from '../../../src/factors/administration/ends.ts';
import { composePasskeys } from '../../../src/factors/passkeys/compose.ts';
import type { PasskeyPolicy } from '../../../src/factors/passkeys/policy.ts';
import { createFactorEvents } from '../../../src/factors/store/factor-events.ts';
import type { EnrolmentReason } from '../../../src/factors/store/lasting-factors.ts';
import { createPrimary } from '../../../src/factors/store/primary.ts';
import type { AuditEvent, AuditWriter } from '../../../src/records/audit/event.ts';
import { createAuditStream } from '../../../src/records/audit/stream.ts';
import { createAuditWriter } from '../../../src/records/audit/writer.ts';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { createAuthDatabase, postgresAt } from '../../stack/database.ts';
import { openRedis, type RedisForTests } from '../../stack/redis.ts';

export const page: Page = { origin: 'https://login.test' };
export const plainPolicy: PasskeyPolicy = { attestation: 'none', syncedPasskeys: 'allowed', hints: [] };

type PasskeyParts = ReturnType<typeof composePasskeys>['services'];

export interface Replica extends PasskeyParts {
  ends: ReturnType<typeof createFactorEnds>;
  events: AuditEvent[];
  logged(): string;
  /** What an operator reads of passkeys. */
  diagnose(): ReturnType<Probe['run']>;
  start(): void;
}

export interface ReplicaOptions {
  publicUrl?: string;
  metadataFile?: string;
  /** Instead of those of the FIDO Alliance. */
  metadataRoots?: readonly string[];
  /** Instead of the database of the stack. */
  databaseUrl?: string;
  /** Read-only, with its primary there. */
  primaryUrl?: string;
}

export interface PasskeyStack {
  database: TestDatabase;
  redis: RedisForTests;
  pool: Pool;
  startReplica(options?: ReplicaOptions): Replica;
  close(): Promise<void>;
}

export async function startPasskeys(): Promise<PasskeyStack> {
  const [database, redis] = await Promise.all([createAuthDatabase(), openRedis()]);
  const pools: Pool[] = [];
  const open = (url: string, log: ReturnType<typeof createLogger>) => {
    const pool = createPool(postgresAt(url), { schema: 'auth', applicationName: 'test', log });
    pools.push(pool);
    return pool;
  };

  const startReplica = (options: ReplicaOptions = {}): Replica => {
    const { publicUrl = page.origin, metadataFile, metadataRoots, primaryUrl } = options;
    const { databaseUrl = database.url } = options;
    const lines: string[] = [];
    const log = createLogger('auth-api', { level: 'trace', format: 'json' }, {
      write(line: string) {
        lines.push(line);
        watchLog(line);
      },
    } as unknown as NodeJS.WritableStream);
    const pool = open(databaseUrl, log);
    const events: AuditEvent[] = [];
    const audit = createAuditWriter({
      stream: createAuditStream(redis.redis, redis.keyspace.name('audit')),
      now: Date.now,
      recorded: { announce: async () => undefined },
    });
    const writer: AuditWriter = {
      async write(event) {
        events.push(event);
        await audit.write(event);
      },
      async inTransaction(transaction, event) {
        events.push(event);
        await audit.inTransaction(transaction, event);
      },
    };
    const isWritable = primaryUrl === undefined;
    const primary = createPrimary({
      writer: isWritable ? pool : open(primaryUrl, log),
      isWritable,
      writableLocation: '/USW1',
    });
    const requireWritable = () => {
      if (!isWritable) throw forbidden('send writes to the region /USW1', { name: 'read_only_region' });
    };
    const { services, probe, work } = composePasskeys(
      {
        ...{ pool, log, publicUrl, requireWritable, now: Date.now },
        redis: redis.redis,
        keyspace: redis.keyspace,
      },
      {
        config: { passkeys: { metadataFile } },
        contactCenters: {
          service: { get: async () => undefined },
          keptPolicies: { withPasskeys: async () => [] },
        },
        events: createFactorEvents({ writer, floodLimited: writer }),
        primary,
        ...(metadataRoots && { metadataRoots }),
      },
    );
    return {
      ...services,
      ends: createFactorEnds({ primary, requireWritable }),
      events,
      logged: () => lines.join(''),
      diagnose: () => probe.run(new AbortController().signal),
      start: work,
    };
  };

  return {
    database,
    redis,
    pool: open(database.url, createLogger('test', { level: 'silent', format: 'json' })),
    startReplica,
    async close() {
      await Promise.all(pools.map((pool) => pool.end()));
      await Promise.all([redis.close(), database.close()]);
    },
  };
}

/** Somebody in a browser of their own. */
export interface Visitor {
  person: PersonKey;
  /** The binding cookie. */
  browser: string;
}

let people = 0;
export function visitorOf(contactCenterId = 'cc-1'): Visitor {
  people += 1;
  return { person: { contactCenterId, sub: `person-${people}` }, browser: randomToken() };
}

/** Makes a passkey on our own page, or on another one. */
export async function register(
  replica: Replica,
  { person, browser }: Visitor,
  authenticator: Authenticator,
  {
    policy = plainPolicy,
    on = page,
    reason = 'strongestSignIn',
  }: { policy?: PasskeyPolicy; on?: Page; reason?: EnrolmentReason } = {},
) {
  const request = { person, browser, policy };
  const offered = await replica.registrations.begin(request, shownAs);
  const answer = authenticator.create(offered, on);
  return replica.registrations.finish(request, { answer, name: 'my key', reason });
}

export const shownAs = { userName: 'demo\\agent', displayName: 'Ann Agent', place: 'Demo', dbid: 100 };

/** Uses a passkey as the second step. */
export async function secondStep(
  replica: Replica,
  visitor: Visitor,
  authenticator: Authenticator,
  on = page,
) {
  const offered = await replica.authentications.begin(visitor, plainPolicy);
  if (offered === undefined) throw new Error('the person has no passkey');
  return replica.authentications.finish(visitor, { answer: authenticator.get(offered, on) });
}

/** Signs in without a name. */
export async function discover(
  replica: Replica,
  { browser }: Pick<Visitor, 'browser'>,
  authenticator: Authenticator,
  { on = page, contactCenterId }: { on?: Page; contactCenterId?: string } = {},
) {
  const offered = await replica.authentications.beginDiscovery({ browser });
  const answer = authenticator.get(offered, on);
  return replica.authentications.finishDiscovery({ browser, contactCenterId }, { answer });
}
