/** Verifies a password at the directory: one limiter, one question, one audit trail for every login. */

import { definedOnly, passwordWay } from '@gatehouse/contracts/values';
import { type CallOptions, CfgObjectState, type CfgPerson } from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Metrics } from '@gatehouse/service-kit/observability';
import type { Activity } from '../../records/activity/compose.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { EnvironmentLink } from '../directories/environment-links.ts';
import { mapFailure } from '../directories/map-failure.ts';
import { isInGroup } from '../directories/person-lookup.ts';
import { type PasswordIsOver, SignInError, type SignInFailure } from '../directories/sign-in-error.ts';
import type { UserIdentity } from '../identity/identity.ts';
import { type Account, type Accounts, type AttemptOrigin, auditFactsOf, failAttempt } from './account.ts';
import type { Proof } from './attempts/same-password.ts';
import type { Identities } from './identities.ts';
import { type OpenPasswordAccess, passwordNotUsedHere } from './password-rule.ts';

export interface Login extends AttemptOrigin {
  /** May be `tenant\user`. */
  userName: string;
  tenant?: string | undefined;
  password: string;
  /** Contact centres whose users may sign in here; empty or absent: every contact centre. */
  contactCenterIds?: readonly string[] | undefined;
  /** The caller records the login itself, once more than the password is there. */
  isRecordedLater?: boolean | undefined;
}

export interface AuthenticatedLogin {
  identity: UserIdentity;
  /** A moment before the password was verified. A revocation of the person since then ends what this login grants. */
  provedAtMs: number;
  passwordExpiresInDays?: number;
}

/** The password is right and over: only a new one lets its person in. */
export class PasswordOver extends SignInError {
  readonly over: PasswordIsOver;
  readonly login: AuthenticatedLogin;

  constructor(over: PasswordIsOver, login: AuthenticatedLogin) {
    super(over);
    this.over = over;
    this.login = login;
  }
}

export interface AuthenticateOptions {
  accounts: Accounts;
  openPasswordAccess: OpenPasswordAccess;
  audit: AuditWriter;
  metrics: Metrics;
  activity: SignInCounts;
  identities: Identities;
  now: Clock;
}

/** Counts sign-ins for the overview. */
export type SignInCounts = Pick<Activity, 'signInSucceeded' | 'signInFailed'>;

/** For each question of a login: a server that sends a short list bit by bit must not hold a login for a minute. */
const questionMs = 5_000;

/**
 * The returned function verifies the password on the Configuration Server of the user's environment, at most once.
 * @throws SignInError. Unknown tenant, unknown user and wrong password cannot be told apart. PasswordOver for the right password
 * that must be changed.
 */
export function createAuthenticate(options: AuthenticateOptions) {
  const { accounts, openPasswordAccess, audit, identities, now } = options;
  const metrics = createSignInMetrics(options.metrics, options.activity);

  const ask = async (
    login: Login,
    account: Account,
    link: EnvironmentLink,
    options: CallOptions,
  ): Promise<Proof> => {
    const provedAtMs = now();
    const { password, clientAddress } = login;
    const { userName, countAs: onAccount } = account;
    const question = { userName, password, clientAddress, onAccount };
    try {
      const user = await link.authenticate(question, options);
      const over = user.changePasswordRequired ? 'password_change_required' : undefined;
      return { user, over, provedAtMs };
    } catch (failure) {
      const { failure: over } = mapFailure(failure).error;
      if (over !== 'password_expired' && over !== 'password_change_required') throw failure;
      // The directory does not say whose password is over.
      const [person] = await link.readPersons({ user_name: userName }, options);
      if (person === undefined) throw failure;
      return { user: { userDbid: person.DBID, tenantDbid: person.tenantDBID }, over, provedAtMs };
    }
  };

  const verify = async (login: Login, account: Account): Promise<AuthenticatedLogin> => {
    const callOptions = definedOnly({ signal: login.signal, deadlineMs: questionMs });
    const { link, ssoOnlyGroups } = await openPasswordAccess(account, login.password, callOptions);
    const proof = account.attempt.proof ?? (await ask(login, account, link, callOptions));
    const { user, over, provedAtMs } = proof;
    const numbers = { DBID: user.userDbid, tenantDBID: user.tenantDbid };
    // Asked together with the person, because the server may be far away. Used at the end: who may not sign in is told that first.
    const entitlements = identities.readEntitlements(link, numbers, callOptions);
    entitlements.catch(() => undefined);
    const [person] = await Promise.all([
      readEnabledPerson(link, user.userDbid, callOptions),
      account.attempt.succeed(proof),
    ]);
    // After the password: a stranger must not learn who is in a group.
    if (ssoOnlyGroups.length > 0 && (await isInGroup(link, person.DBID, ssoOnlyGroups, callOptions)))
      throw new SignInError('sso_required', { detail: passwordNotUsedHere });
    const read = identities.from(link, person, await entitlements);
    const identity = { ...read, entry: { domain: account.domain, way: passwordWay } };
    const { passwordExpiresInDays } = user;
    const authenticated = definedOnly({ identity, provedAtMs, passwordExpiresInDays });
    if (over !== undefined) throw new PasswordOver(over, authenticated);
    return authenticated;
  };

  const fail = async (login: Login, account: Account, failure: unknown): Promise<never> => {
    const mapped = mapFailure(failure);
    const { error } = mapped;
    return failAttempt(account, mapped, () => {
      metrics.failed(account.contactCenter?.id, error.failure);
      return audit.write({
        name: 'login_failed',
        outcome: 'failure',
        ...auditFactsOf(login),
        contactCenterId: account.contactCenter?.id,
        fields: definedOnly({
          userName: account.userName,
          reason: auditedReasonOf(error),
          detail: error.detail,
        }),
      });
    });
  };

  return async (login: Login): Promise<AuthenticatedLogin> => {
    if (login.password === '') throw new SignInError('credentials_required', { field: 'password' });
    const startedAtMs = now();
    const { userName, tenant, password, contactCenterIds: allowed } = login;
    const account = await accounts.open({ userName, tenant, password, allowed }, login, {
      failed: 'login_failed',
      onRefused: (id, { failure }) => metrics.failed(id, failure),
    });
    const authenticated = await verify(login, account).catch((failure) => fail(login, account, failure));
    const { identity } = authenticated;
    metrics.succeeded(identity.contactCenterId, startedAtMs);
    if (login.isRecordedLater) return authenticated;
    await audit.write({
      name: 'login_succeeded',
      outcome: 'success',
      ...auditFactsOf(login),
      sub: identity.sub,
      contactCenterId: identity.contactCenterId,
      fields: { userName: identity.loginName },
    });
    return authenticated;
  };
}

/**
 * The audit trail names the reason that the answer hides. For somebody of another contact centre it is the one of a wrong
 * password: administrators of this one read the trail, and could find out passwords of the other one's people.
 */
function auditedReasonOf({ failure, detail }: SignInError): string {
  return detail === passwordNotUsedHere ? 'sso_required' : failure;
}

/** A person who is not enabled now was disabled or deleted after the password was verified. */
async function readEnabledPerson(
  link: EnvironmentLink,
  dbid: number,
  options: CallOptions,
): Promise<CfgPerson> {
  const [person] = await link.readPersons({ dbid }, options);
  if (person?.state !== CfgObjectState.enabled) throw new SignInError('bad_credentials');
  return person;
}

/** Two of the names are those that operators' alert rules already use. The overview counts at the same place. */
function createSignInMetrics(metrics: Metrics, activity: SignInCounts) {
  const errors = metrics.counter(
    'auth_system_login_errors_total',
    'Failed sign-ins by contact centre; "unknown" where the tenant is not known.',
    ['contactCenter'],
  );
  const contextErrors = metrics.counter(
    'auth_context_error_total',
    'Sign-ins that failed because the environment of the contact centre could not be used.',
  );
  const outcomes = metrics.counter('gatehouse_sign_ins_total', 'Sign-ins by outcome.', ['outcome']);
  return {
    succeeded(contactCenterId: string, startedAtMs: number) {
      outcomes.inc({ outcome: 'success' });
      activity.signInSucceeded(contactCenterId, startedAtMs);
    },
    failed(contactCenterId: string | undefined, failure: SignInFailure) {
      errors.inc({ contactCenter: contactCenterId ?? 'unknown' });
      outcomes.inc({ outcome: failure });
      activity.signInFailed(contactCenterId, failure);
      if (failure === 'try_again') contextErrors.inc();
    },
  };
}
