/** Composes the users: links to Configuration Servers, password verification, limits, changes of persons. */

import type { ConsulAccess } from '@gatehouse/config-server-client/consul';
import { type Directory, type EnvironmentView, peopleSources } from '@gatehouse/contracts/environment-api';
import type { PeopleDirectory } from '@gatehouse/people-directory';
import type { Secret } from '@gatehouse/service-kit/crypto';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createBackendMetrics, createDiscoveryMetrics } from '../directories/backend-metrics.ts';
import { connectDirectory } from '../directories/connect-directory.ts';
import { connectEnvironment } from '../directories/connect-environment.ts';
import { assertLinksOpen, linksProbe } from '../directories/link-health.ts';
import { createPersonNumbers } from '../directories/person-numbers.ts';
import { createServerDiscovery } from '../directories/server-discovery.ts';
import type { PeopleStore } from '../people-store/compose.ts';
import { createUsualAddresses } from './attempts/usual-addresses.ts';
import { createLoginNames } from './login-name.ts';
import type { PasswordRule } from './password-rule.ts';
import { createUserService } from './service.ts';

/** The calls to a Configuration Server that a sign-in waits for. */
const tracedCalls = [
  'authenticate',
  'changePassword',
  'readPersons',
  'searchPersons',
  'readAccessGroups',
  'readRoles',
  'readTenants',
] as const;

interface AccountDependencies {
  config: {
    encryption: { keys: Secret };
    signIn: {
      accountAttempts: number | undefined;
      accountWindowSeconds: number;
      freeFailures: number;
      longestDelaySeconds: number;
      addressAttempts: number;
      addressWindowSeconds: number;
      userNamePatterns: readonly string[];
      authorityMapping: readonly string[];
    };
  };
  consul: ConsulAccess | undefined;
  activity: Activity;
  audit: Audit;
  revocation: RevocationParts;
  contactCenters: ContactCenters;
  peopleStore: PeopleStore;
  /** Whether a password counts where single sign-on is on. */
  ssoSettings: { passwordRule: PasswordRule };
}

export type AccountParts = ServicesOf<typeof composeAccounts>;

export function composeAccounts(core: Core, dependencies: AccountDependencies) {
  const { location, kit, redis, keyspace, secretBox, now } = core;
  const {
    config: { encryption, signIn: settings },
    audit,
    peopleStore,
  } = dependencies;
  const { log, metrics } = kit;
  const backendMetrics = createBackendMetrics(metrics);
  const discovery = createServerDiscovery({
    consul: dependencies.consul,
    log,
    metrics: createDiscoveryMetrics(metrics),
  });
  const loginNames = createLoginNames(settings.userNamePatterns);
  const numbers = createPersonNumbers(dependencies.contactCenters.environmentApi);
  const options = { location, secretBox, discovery, log, metrics: backendMetrics };
  const connectors: Record<Directory, (environment: EnvironmentView) => PeopleDirectory> = {
    configServer: (environment) => connectEnvironment(environment, options),
    ldap: (environment) => connectDirectory(environment, { ...options, numbers, now }),
    people: peopleStore.connect,
  };
  const service = createUserService({
    contactCenters: dependencies.contactCenters.service,
    connect(environment) {
      const { directory } = environment;
      const backend = connectors[directory](environment);
      return kit.tracing?.calls(peopleSources[directory].system, backend, tracedCalls) ?? backend;
    },
    redis,
    keyspace,
    limits: {
      freeFailures: settings.freeFailures,
      firstDelayMs: 1_000,
      maxDelayMs: settings.longestDelaySeconds * 1000,
      addressAttempts: settings.addressAttempts,
      addressWindowMs: settings.addressWindowSeconds * 1000,
    },
    lockout: { threshold: settings.accountAttempts, windowMs: settings.accountWindowSeconds * 1000 },
    usualAddresses: createUsualAddresses(encryption.keys),
    passwordRule: dependencies.ssoSettings.passwordRule,
    loginNames,
    authorityMapping: settings.authorityMapping,
    revocations: dependencies.revocation.revocations,
    audit: audit.writer,
    seen: audit.seenPeople,
    throttled: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
    unavailable: audit.floodLimited({ maxPerAddress: 200, maxTotal: 1000 }),
    metrics,
    activity: dependencies.activity,
    log,
    now,
  });
  return {
    services: { service, contactCenterStatus: service.contactCenterStatus, loginNames },
    follows: {
      afterDeactivation: {
        change({ entity, id }) {
          if (entity !== 'environment') return;
          service
            .follow(id)
            .catch((error) =>
              log.warn({ err: error, environmentId: id }, 'an environment could not be followed'),
            );
        },
        // It is unknown which environments changed, so the links of all are updated.
        gap: service.warmUp,
      },
    },
    work: service.start,
    ready: [
      // Advisory: the outage of one environment must not stop the logins of the others.
      {
        name: 'configuration-servers',
        isAdvisory: true,
        check: async () => assertLinksOpen(service.links()),
      },
    ],
    probes: [linksProbe(service), service.loginsProbe],
    async close() {
      await service.close();
      await discovery.close();
    },
  } satisfies Domain;
}
