/** Composes the registered clients: their administration, the cached reader, and the check of their secrets. */
import { createSecretAttempts, createSecretVerifier } from '@gatehouse/caller-auth/credentials';
import { createDeletedRetention } from '@gatehouse/service-kit/postgres';
import type { Config } from '../../config.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import { createDomainEvent } from '../../core/domain-event.ts';
import { gatherUses } from '../../core/last-uses.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import { consoleClient } from './built-in/console-client.ts';
import { createServiceCallers } from './built-in/service-callers.ts';
import type { Client } from './client.ts';
import { createClientRestoration } from './deleted/restoration.ts';
import { deletedClientRoutes } from './deleted/routes.ts';
import { createDetailReader } from './detail-types.ts';
import { createClientDirectory } from './directory.ts';
import { createClientDocuments } from './documents/documents.ts';
import { readExchangeRights } from './exchange-rights.ts';
import { createGrantUses } from './grant-uses.ts';
import { createClientLogos } from './logos.ts';
import { clientDefaults } from './new-client.ts';
import { clientRoutes } from './routes.ts';
import { createClientService } from './service.ts';
import { writeClientUses } from './store.ts';
import { createTargets } from './targets.ts';

interface ClientDependencies {
  config: Pick<Config, 'clients' | 'deleted' | 'outbound' | 'registration' | 'serviceClient' | 'tokens'>;
  assertions: Assertions;
  audit: Audit;
  revocation: RevocationParts;
  contactCenters: ContactCenters;
  /** The services' own client. */
  accessTokens: { own: Client };
}

export type Clients = ServicesOf<typeof composeClients>;

export function composeClients(core: Core, dependencies: ClientDependencies) {
  const { isCompat, pool, redis, keyspace, changes, publicUrl, outbound, now, log } = core;
  const { config, assertions } = dependencies;
  const { hashConcurrency: concurrency, staleMaxSeconds, secretGraceSeconds } = config.clients;
  const { own } = dependencies.accessTokens;
  const { writer: audit } = dependencies.audit;
  const { revocations } = dependencies.revocation;
  const { environmentApi, installation } = dependencies.contactCenters;
  const configured = [own, consoleClient(publicUrl, config.serviceClient.secret, now())];
  const shared = createSecretAttempts({ redis, keyspace, now });
  const verifier = createSecretVerifier({ now, concurrency, shared });
  const defaults = clientDefaults(config, isCompat);
  const documents = createClientDocuments({
    hosts: config.registration.documentHosts,
    scopes: config.registration.scopes,
    nameOfInstallation: installation.name,
    defaults,
    outbound,
    staleMaxMs: staleMaxSeconds * 1000,
    now,
    log,
  });
  const directory = createClientDirectory({
    db: pool,
    now,
    configured,
    documents,
    staleMaxMs: staleMaxSeconds * 1000,
    log,
  });
  const uses = gatherUses(core, 'clients', writeClientUses);
  const grantUses = createGrantUses(core);
  const changed = createDomainEvent<[clientId: string]>('a client was changed', log);
  const options = {
    db: pool,
    changes,
    audit,
    changed,
    logos: createClientLogos({ environmentApi, outbound, log }),
    verifier,
    revocations,
    keySets: assertions.clientKeySets,
    now,
    defaults,
    configuredIds: configured.map(({ clientId }) => clientId),
    minSecretLength: isCompat ? 1 : 8,
    secretGraceMs: secretGraceSeconds * 1000,
  };
  const service = createClientService(options);
  const { keptDays } = config.deleted;
  const restoration = createClientRestoration({ ...options, keptDays });
  const retention = createDeletedRetention({
    ...core,
    schema: 'auth',
    table: 'deleted_clients',
    keptDays,
  });
  const services = {
    /** The services' own client. */
    own,
    serviceCallers: createServiceCallers({ own, verifier, audit }),
    verifier,
    directory,
    details: createDetailReader(directory),
    targets: createTargets(directory, core.issuer),
    uses,
    grantUses,
    /** By this replica. */
    changed,
    /** Around one client that is there. */
    exchangeRights: (clientId: string, within?: string) => readExchangeRights(pool, clientId, within),
    service,
  };
  const { exchangeRights } = services;
  const { service: contactCenters } = dependencies.contactCenters;
  const routed = { clients: service, exchangeRights, contactCenters, compatEnabled: isCompat };
  return {
    services,
    mounts: [
      ['pages of operators', '/auth/v3/ops/clients', (app) => clientRoutes(app, routed)],
      ['operators', '/auth/v3/ops/deleted-clients', (app) => deletedClientRoutes(app, { restoration })],
    ],
    work() {
      if (core.isWritable) retention.start();
    },
    follows: {
      own: { client: verifier.forget },
      ownGap() {
        directory.dropAll();
        verifier.forget();
      },
    },
    close: () => Promise.all([uses.settled(), grantUses.settled(), retention.stop()]),
  } satisfies Domain;
}
