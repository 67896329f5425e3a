/** Composes what Auth API knows about users: links to Configuration Servers, limiter, password checks, changes. */

import type { ContactCenterView, EnvironmentView } from '@gatehouse/contracts/environment-api';
import type { PeopleDirectory } from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger, Metrics } from '@gatehouse/service-kit/observability';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { readMapping } from '../../config/authority-mapping.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { createEnvironmentLinks } from '../directories/environment-links.ts';
import { createLoginWatch } from '../directories/link-health.ts';
import { accountKey, createAccounts } from './account.ts';
import {
  createPasswordAttemptLimiter,
  type PasswordAttemptLimiter,
  type PasswordAttemptLimits,
} from './attempts/limiter.ts';
import type { UsualAddresses } from './attempts/usual-addresses.ts';
import { createAuthenticate, type SignInCounts } from './authenticate.ts';
import { createChangePassword } from './change-password.ts';
import { createContactCenterStatus } from './contact-center-status.ts';
import { createCutOffs } from './cut-offs.ts';
import { createDummyVerification } from './dummy-verification.ts';
import { createIdentification } from './identify.ts';
import { createIdentities } from './identities.ts';
import { createLockoutRules, type LockoutRulesReader, type LockoutSettings } from './lockout-rules.ts';
import type { LoginNames } from './login-name.ts';
import { createPasswordAccess, type PasswordRule } from './password-rule.ts';
import { createPersonChangeRecords } from './person-change-records.ts';
import { createPersonChanges } from './person-changes.ts';
import { createBelongs, createRefresh } from './refresh.ts';
import { createPeopleSearch } from './search.ts';

export interface UserServiceOptions {
  contactCenters: ContactCenterService;
  connect(environment: EnvironmentView): PeopleDirectory;
  redis: RedisClient;
  keyspace: Keyspace;
  limits: PasswordAttemptLimits;
  /** For directories that do not show when they lock an account. */
  lockout: LockoutSettings;
  usualAddresses: UsualAddresses;
  passwordRule: PasswordRule;
  loginNames: LoginNames;
  /** Valid entries of the setting. */
  authorityMapping: readonly string[];
  revocations: Pick<Revocations, 'revokeAll' | 'hasEnded'>;
  audit: AuditWriter;
  seen: Pick<SeenPeople, 'known'>;
  /** Writes events of sign-ins that had to wait. */
  throttled: Pick<AuditWriter, 'write'>;
  /** Writes events of sign-ins that failed because Environment API is down. */
  unavailable: Pick<AuditWriter, 'write'>;
  metrics: Metrics;
  activity: SignInCounts;
  log: Logger;
  now: Clock;
}

export type UserService = ReturnType<typeof createUserService>;

export function createUserService(options: UserServiceOptions) {
  const { contactCenters, connect, redis, keyspace, audit, revocations, metrics, log, now } = options;
  const records = createPersonChangeRecords(redis, keyspace);
  const cutOffs = createCutOffs({ audit, seen: options.seen, log });
  const personChanges = createPersonChanges({ contactCenters, revocations, records, cutOffs, log, now });
  const links = createEnvironmentLinks({
    contactCenters,
    connect,
    onPersonChange: personChanges.apply,
    redis,
    keyspace,
    log,
    now,
  });
  const loginWatch = createLoginWatch({ inUse: links.inUse, metrics, log, now });
  const { limits, usualAddresses } = options;
  const limiter = createPasswordAttemptLimiter({ redis, keyspace, limits, usualAddresses, now });
  const lockoutRules = createLockoutRules({ links, settings: options.lockout, log, now });
  const accounts = createAccounts({
    loginNames: options.loginNames,
    contactCenters,
    limiter,
    lockoutRules,
    throttled: options.throttled,
    unavailable: options.unavailable,
  });
  const openPasswordAccess = createPasswordAccess({
    links,
    passwordRule: options.passwordRule,
    dummyVerification: createDummyVerification(links),
  });
  const identities = createIdentities({ mapping: readMapping(options.authorityMapping), now });
  const { find, identify, isMember } = createIdentification({ contactCenters, links, identities, now });

  return {
    authenticate: createAuthenticate({
      accounts,
      openPasswordAccess,
      audit,
      metrics,
      activity: options.activity,
      identities,
      now,
    }),
    changePassword: createChangePassword({
      accounts,
      contactCenters,
      openPasswordAccess,
      revocations,
      records,
      identities,
      audit,
      cutOffs,
      now,
    }),
    find,
    listing: createPeopleSearch(links),
    openShared: links.openShared,
    identify,
    isMember,
    delays: createDelays({ limiter, lockoutRules, contactCenters }),
    refresh: createRefresh({ contactCenters, links, identities }),
    contactCenterStatus: createContactCenterStatus({
      contactCenters,
      revocations,
      belongs: createBelongs({ links }),
      now,
    }),
    /** Finding of the diagnosis: in which environments no login can succeed. */
    loginsProbe: loginWatch.probe,
    /** Does not wait: an environment that cannot be reached must not keep the service from starting. */
    start(): void {
      loginWatch.start();
      void links.warmUp();
    },
    warmUp: links.warmUp,
    follow: links.follow,
    links: links.states,
    async close(): Promise<void> {
      await loginWatch.stop();
      personChanges.close();
      await links.close();
    },
  };
}

interface DelaysOptions {
  limiter: Pick<PasswordAttemptLimiter, 'explain' | 'unlock'>;
  lockoutRules: LockoutRulesReader;
  contactCenters: Pick<ContactCenterService, 'environment'>;
}

/**
 * Explains and ends the delays of an account: what the help desk asks when somebody cannot sign in. One count serves all contact
 * centres of an environment, so the help desk asks first whether the person is one of theirs.
 */
function createDelays({ limiter, lockoutRules, contactCenters }: DelaysOptions) {
  const accountOf = (contactCenter: ContactCenterView, userName: string) =>
    accountKey({ userName }, contactCenter, contactCenters);

  return {
    async explain(contactCenter: ContactCenterView, userName: string) {
      const account = await accountOf(contactCenter, userName);
      return limiter.explain(account, await lockoutRules(contactCenter));
    },
    /** A few times within an hour, whoever asks: an unlock must not make guessing cheaper. */
    unlock: async (contactCenter: ContactCenterView, userName: string) =>
      limiter.unlock(await accountOf(contactCenter, userName)),
  };
}
