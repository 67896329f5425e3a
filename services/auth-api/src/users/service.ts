/** Composes what Auth API knows about users: links to Configuration Servers, limiter, password checks, changes. */
import type { ConfigurationBackend } from '@gatehouse/config-server-client/backend';
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api/environment';
import type { Clock } from '@gatehouse/service-kit/clock';
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Metrics } from '@gatehouse/service-kit/metrics/registry';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import type { AuditWriter } from '../audit/event.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { CutOffs } from '../revocation/cut-offs.ts';
import { createAccounts } from './account.ts';
import { type AttemptLimits, createAttemptLimiter } from './attempt-limiter.ts';
import { createAuthenticate } from './authenticate.ts';
import { readMapping } from './authority-mapping.ts';
import { createBackends } from './backends.ts';
import { createChangePassword } from './change-password.ts';
import { createDecoy } from './decoy.ts';
import { createDisabledPersons } from './disabled-persons.ts';
import { createEnvironmentLinks } from './environment-link.ts';
import { createEnvironmentRoster } from './environment-roster.ts';
import { createIdentification } from './identify.ts';
import { createIdentities } from './identities.ts';
import type { LoginNames } from './login-name.ts';
import { mapFailure } from './map-failure.ts';
import { createPasswordChangeMarks } from './password-change-marks.ts';
import type { PasswordRule } from './password-rule.ts';
import { createPersonChanges } from './person-changes.ts';
import { createSignInMetrics } from './sign-in-metrics.ts';
import type { UserService } from './user-service.ts';

/** The clock of a Configuration Server may be ahead of ours by so much. */
const passwordClockSkewMs = 120_000;

export interface UserServiceOptions {
  contactCenters: ContactCenterService;
  connect(environment: EnvironmentView): ConfigurationBackend;
  redis: RedisClient;
  keyspace: Keyspace;
  limits: AttemptLimits;
  passwordRule: PasswordRule;
  loginNames: LoginNames;
  /** Entries as the configuration holds them. */
  authorityMapping: readonly string[];
  cutOffs: Pick<CutOffs, 'raise'>;
  audit: AuditWriter;
  /** Writes of sign-ins that had to wait. */
  throttled: Pick<AuditWriter, 'write'>;
  /** The same while Environment API is down. */
  unavailable: Pick<AuditWriter, 'write'>;
  metrics: Metrics;
  log: Logger;
  now: Clock;
}

export interface UserServiceWithLinks extends UserService {
  /** Opens the links of the environments that were in use; failures are logged, not thrown. */
  warmUp(): Promise<void>;
  /** An environment changed: a link in use follows at once. */
  follow(environmentId: string): Promise<void>;
  links(): { environmentId: string; state: ConfigurationBackend['state']; reason: string | undefined }[];
}

export function createUserService(options: UserServiceOptions): UserServiceWithLinks {
  const { contactCenters, redis, keyspace, audit, cutOffs, log, now } = options;
  const marks = createPasswordChangeMarks(redis, keyspace);
  const roster = createEnvironmentRoster(redis, keyspace);
  const disabledPersons = createDisabledPersons(redis, keyspace);
  const personChanges = createPersonChanges({ cutOffs, marks, disabledPersons, audit, log, now });
  const backends = createBackends({
    connect: options.connect,
    onPersonChange: personChanges.apply,
    onFirstUse: (id) => {
      roster.add(id).catch((error) => log.warn({ err: error }, 'an environment in use could not be noted'));
    },
  });
  const links = createEnvironmentLinks({ contactCenters, backends, now });
  const limiter = createAttemptLimiter({ redis, keyspace, limits: options.limits, now });
  const accounts = createAccounts({
    loginNames: options.loginNames,
    contactCenters,
    limiter,
    throttled: options.throttled,
    unavailable: options.unavailable,
  });
  const { passwordRule } = options;
  const identities = createIdentities({ mapping: readMapping(options.authorityMapping), now });
  const shared = { accounts, links, decoy: createDecoy(backends), passwordRule, identities, audit };

  const readAgain: UserService['refresh'] = async ({ contactCenterId, environmentId, dbid }, provedAtMs) => {
    const contactCenter = await contactCenters.get(contactCenterId);
    if (contactCenter?.environmentId !== environmentId) throw userGone();
    const link = await links.open(contactCenter);
    const [person] = await link.backend.readPersons({ dbid });
    const isOfTenant = link.tenantDbid === undefined || person?.tenantDBID === link.tenantDbid;
    if (person?.state !== CfgObjectState.enabled || !isOfTenant) throw userGone();
    const { PasswordUpdatingDate: changedAt = 0 } = person;
    // The cut-off that this should have raised was missed.
    if (changedAt * 1000 > provedAtMs + passwordClockSkewMs) throw userGone();
    return identities.of(link, person);
  };

  const follow = async (environmentId: string) => {
    const environment = await contactCenters.environment(environmentId);
    if (environment !== undefined) {
      backends.follow(environment);
      return;
    }
    await Promise.all([backends.remove(environmentId), roster.remove(environmentId)]);
  };

  return {
    authenticate: createAuthenticate({ ...shared, metrics: createSignInMetrics(options.metrics), now }),
    changePassword: createChangePassword({ ...shared, cutOffs, marks, now }),
    ...createIdentification({ contactCenters, links, identities, now }),
    async refresh(identity, provedAtMs) {
      try {
        return await readAgain(identity, provedAtMs);
      } catch (failure) {
        if (failure instanceof AppError) throw failure;
        throw mapFailure(failure).error;
      }
    },
    async warmUp() {
      const ids = await roster.list().catch(() => []);
      await Promise.all(
        ids.map((id) =>
          follow(id).catch((error) => log.warn({ err: error }, 'an environment could not be opened')),
        ),
      );
    },
    async follow(environmentId) {
      if (backends.isInUse(environmentId)) await follow(environmentId);
    },
    links: () => backends.states(),
    async close() {
      personChanges.close();
      await backends.close();
    },
  };
}

function userGone(): AppError {
  return new AppError('user_gone', 403, 'The user may not sign in any more');
}
