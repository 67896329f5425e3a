/** Composes the registered clients: their administration, the cached reader, and the check of their secrets. */

import { createSecretAttempts, createSecretVerifier } from '@gatehouse/caller-auth/credentials';
import type { Secret } from '@gatehouse/service-kit/crypto';
import { createLastUses } from '@gatehouse/service-kit/postgres';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import { createDomainEvent } from '../../core/domain-event.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Client } from './client.ts';
import { consoleClient } from './console-client.ts';
import { createDetailReader } from './detail-types.ts';
import { createClientDirectory } from './directory.ts';
import { readExchangeRights } from './exchange-rights.ts';
import { createGrantUses } from './grant-uses.ts';
import { createClientLogos } from './logos.ts';
import { clientRoutes } from './routes.ts';
import { createClientService } from './service.ts';
import { createServiceCallers } from './service-callers.ts';
import { writeClientUses } from './store.ts';

interface ClientDependencies {
  config: {
    clients: { hashConcurrency: number; staleMaxSeconds: number; secretGraceSeconds: number };
    outbound: { allowLoopback: boolean };
    /** Credentials that the services of the installation share. */
    serviceClient: { secret: Secret };
    tokens: {
      accessTtlSeconds: number;
      refreshTtlSeconds: number;
      longestAccessTtlSeconds: number;
      longestRefreshTtlSeconds: number;
    };
  };
  assertions: Assertions;
  audit: Audit;
  revocation: RevocationParts;
  contactCenters: ContactCenters;
  /** The services' own client. */
  accessTokens: { own: Client };
}

export type Clients = ServicesOf<typeof composeClients>;

export function composeClients(core: Core, dependencies: ClientDependencies) {
  const { isCompat, isWritable, pool, writer, redis, keyspace, changes, publicUrl, now } = core;
  const { clients: settings, tokens: tokenSettings, outbound, serviceClient: shared } = dependencies.config;
  const { log } = core.kit;
  const { own } = dependencies.accessTokens;
  const configured = [own, consoleClient(publicUrl, shared.secret, now())];
  const verifier = createSecretVerifier({
    now,
    concurrency: settings.hashConcurrency,
    shared: createSecretAttempts({ redis, keyspace, now }),
  });
  const directory = createClientDirectory({
    db: pool,
    now,
    configured,
    staleMaxMs: settings.staleMaxSeconds * 1000,
    onStale: (key, ageMs, error) => log.warn({ err: error, key, ageMs }, 'a cached client or origin is used'),
  });
  const gathered = { now, log, gatherMs: 5_000, isWritable: isWritable || writer !== pool };
  const uses = createLastUses({
    write: (times) => writeClientUses(writer, times),
    what: 'clients',
    ...gathered,
  });
  const grantUses = createGrantUses(writer, gathered);
  const changed = createDomainEvent<[clientId: string]>('a client was changed', log);
  const services = {
    /** The services' own client. */
    own,
    serviceCallers: createServiceCallers({ own, verifier, audit: dependencies.audit.writer }),
    verifier,
    directory,
    details: createDetailReader(directory),
    uses,
    grantUses,
    /** By this replica. */
    changed,
    /** Around one client that is there. */
    exchangeRights: (clientId: string, within?: string) => readExchangeRights(pool, clientId, within),
    service: createClientService({
      db: pool,
      changes,
      audit: dependencies.audit.writer,
      changed,
      logos: createClientLogos({
        environmentApi: dependencies.contactCenters.environmentApi,
        outbound: core.outbound,
        log,
      }),
      verifier,
      revocations: dependencies.revocation.revocations,
      keySets: dependencies.assertions.clientKeySets,
      now,
      defaults: {
        redirectMatching: isCompat ? 'origin' : 'exact',
        accessTokenTtlSeconds: tokenSettings.accessTtlSeconds,
        refreshTokenTtlSeconds: tokenSettings.refreshTtlSeconds,
        maxAccessTokenTtlSeconds: tokenSettings.longestAccessTtlSeconds,
        maxRefreshTokenTtlSeconds: tokenSettings.longestRefreshTtlSeconds,
        impliesToken: isCompat,
        requirePkce: !isCompat,
        allowLoopback: outbound.allowLoopback,
      },
      configuredIds: configured.map(({ clientId }) => clientId),
      minSecretLength: isCompat ? 1 : 8,
      secretGraceMs: settings.secretGraceSeconds * 1000,
    }),
  };
  const { service, exchangeRights } = services;
  const routed = { clients: service, exchangeRights, compatEnabled: isCompat };
  return {
    services,
    mounts: [['pages of operators', '/auth/v3/ops/clients', (app) => clientRoutes(app, routed)]],
    follows: {
      own: { client: verifier.forget },
      ownGap() {
        directory.dropAll();
        verifier.forget();
      },
    },
    close: () => Promise.all([uses.settled(), grantUses.settled()]),
  } satisfies Domain;
}
