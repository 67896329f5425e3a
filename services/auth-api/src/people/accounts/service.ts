/** Composes what Auth API knows about users: links to Configuration Servers, limiter, password checks, changes. */

import type { ContactCenterView, EnvironmentView } from '@gatehouse/contracts/environment-api';
import type { PeopleDirectory } from '@gatehouse/people-directory';
import { readMapping } from '../../config/authority-mapping.ts';
import type { Config } from '../../config.ts';
import type { Core } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { ContactCenterService, SeenChange } from '../../registry/contact-centers/service.ts';
import { createEnvironmentLinks } from '../directories/environment-links.ts';
import { createLoginWatch } from '../directories/link-health.ts';
import { accountKey, createAccounts } from './account.ts';
import type { Admission } from './admission.ts';
import { createPasswordAttemptLimiter, type PasswordAttemptLimiter } from './attempts/limiter.ts';
import type { UsualAddresses } from './attempts/usual-addresses.ts';
import { createAuthenticate, type SignInCounts } from './authenticate.ts';
import { createChangePassword } from './change-password.ts';
import { createContactCenterStatus } from './contact-center-status.ts';
import { createCutOffs } from './cut-offs.ts';
import { createDummyVerification } from './dummy-verification.ts';
import { createIdentification } from './identify.ts';
import { createIdentities } from './identities.ts';
import { createKnownRoles, type KnownRolesOptions } from './known-roles.ts';
import { createLockoutRules, type LockoutRulesReader } from './lockout-rules.ts';
import type { LoginNames } from './login-name.ts';
import { createPasswordAccess, type PasswordRule } from './password-rule.ts';
import { createPersonChangeRecords } from './person-change-records.ts';
import { createPersonChanges } from './person-changes.ts';
import { createBelongs, createRefresh } from './refresh.ts';
import { createPeopleSearch } from './search.ts';

interface UserServiceOptions {
  settings: Config['signIn'];
  admission: Pick<Admission, 'admit' | 'admitPasswordAlone'>;
  contactCenters: ContactCenterService;
  environmentApi: KnownRolesOptions['environmentApi'];
  connect(environment: EnvironmentView): PeopleDirectory;
  usualAddresses: UsualAddresses;
  passwordRule: PasswordRule;
  loginNames: LoginNames;
  revocations: Pick<Revocations, 'revokeAll' | 'hasEnded'>;
  audit: Audit;
  activity: SignInCounts;
}

const firstDelayMs = 1_000;

export type UserService = ReturnType<typeof createUserService>;

export function createUserService(core: Core, options: UserServiceOptions) {
  const { redis, keyspace, log, now } = core;
  const { metrics } = core.kit;
  const { settings, contactCenters, environmentApi, connect, usualAddresses, loginNames } = options;
  const { revocations, activity } = options;
  const { writer: audit, seenPeople: seen, floodLimited } = options.audit;
  const records = createPersonChangeRecords(redis, keyspace);
  const cutOffs = createCutOffs({ audit, seen, log });
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
  const { limits, lockout } = limitsOf(settings);
  const limiter = createPasswordAttemptLimiter({ redis, keyspace, limits, usualAddresses, now });
  const lockoutRules = createLockoutRules({ links, settings: lockout, log, now });
  const accounts = createAccounts({
    loginNames,
    contactCenters,
    limiter,
    lockoutRules,
    // Events of sign-ins that had to wait, and of those that failed because Environment API is down.
    throttled: floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
    unavailable: floodLimited({ maxPerAddress: 200, maxTotal: 1000 }),
  });
  const openPasswordAccess = createPasswordAccess({
    links,
    passwordRule: options.passwordRule,
    dummyVerification: createDummyVerification(links),
  });
  const identities = createIdentities({ mapping: readMapping(settings.authorityMapping), now });
  const { find, identify, isMember } = createIdentification({ contactCenters, links, identities, now });

  return {
    authenticate: createAuthenticate({
      accounts,
      openPasswordAccess,
      audit,
      metrics,
      activity,
      identities,
      now,
    }),
    changePassword: createChangePassword({
      accounts,
      admission: options.admission,
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
    knownRoles: createKnownRoles({ environmentApi, contactCenters, links, identities, log }),
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
    /** Of changes of environments. */
    follower: {
      change({ entity, id }: Pick<SeenChange, 'entity' | 'id'>): void {
        if (entity !== 'environment') return;
        links
          .follow(id)
          .catch((error) =>
            log.warn({ err: error, environmentId: id }, 'an environment could not be followed'),
          );
      },
      // It is unknown which environments changed, so the links of all are updated.
      gap: links.warmUp,
    },
    links: links.states,
    async close(): Promise<void> {
      await loginWatch.stop();
      personChanges.close();
      await links.close();
    },
  };
}

function limitsOf(settings: Config['signIn']) {
  return {
    limits: {
      freeFailures: settings.freeFailures,
      firstDelayMs,
      maxDelayMs: settings.longestDelaySeconds * 1000,
      addressAttempts: settings.addressAttempts,
      addressWindowMs: settings.addressWindowSeconds * 1000,
    },
    /** For directories that do not show when they lock an account. */
    lockout: { threshold: settings.accountAttempts, windowMs: settings.accountWindowSeconds * 1000 },
  };
}

interface DelaysOptions {
  limiter: Pick<PasswordAttemptLimiter, 'explain' | 'explainAddress' | 'unlock' | 'forget'>;
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
    /** How long attempts from an address have to wait, in milliseconds. */
    ofAddress: limiter.explainAddress,
    /** A few times within an hour, whoever asks: an unlock must not make guessing cheaper. */
    unlock: async (contactCenter: ContactCenterView, userName: string) =>
      limiter.unlock(await accountOf(contactCenter, userName)),
    /** Everything that is counted and known of an account that nobody has any more. */
    forget: async (contactCenter: ContactCenterView, userName: string) =>
      limiter.forget(await accountOf(contactCenter, userName)),
  };
}
