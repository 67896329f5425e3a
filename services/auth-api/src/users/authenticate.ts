/** Checks a password: one limiter, one question to the Configuration Server, one audit trail for every way in. */
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { AuditWriter } from '../audit/event.ts';
import { isInGroup } from './access-groups.ts';
import { type Account, type Accounts, auditFactsOf } from './account.ts';
import type { Decoy } from './decoy.ts';
import type { EnvironmentLink, EnvironmentLinks } from './environment-link.ts';
import type { Identities } from './identities.ts';
import { mapFailure } from './map-failure.ts';
import { askPasswordRule, type PasswordRule, passwordNotUsedHere } from './password-rule.ts';
import { SignInError } from './sign-in-error.ts';
import type { SignInMetrics } from './sign-in-metrics.ts';
import type { AuthenticatedLogin, Login } from './user-service.ts';

export interface AuthenticateOptions {
  accounts: Accounts;
  links: EnvironmentLinks;
  decoy: Decoy;
  audit: AuditWriter;
  metrics: SignInMetrics;
  passwordRule: PasswordRule;
  identities: Identities;
  now: Clock;
}

const longestUserName = 255;
/** The protocol carries no longer ones, so they are right for nobody. */
export const longestPasswordBytes = 1024;

export function createAuthenticate(
  options: AuthenticateOptions,
): (login: Login) => Promise<AuthenticatedLogin> {
  const { accounts, links, decoy, audit, metrics, passwordRule, identities, now } = options;

  const check = async (login: Login, account: Account): Promise<AuthenticatedLogin> => {
    const callOptions = login.signal ? { signal: login.signal } : {};
    if (account.contactCenter === undefined || !canExist(account.userName, login.password)) {
      await decoy(callOptions);
      const detail = account.contactCenter
        ? 'nobody has such a name or password'
        : 'there is no such contact centre';
      throw new SignInError('bad_credentials', { detail });
    }
    const use = await askPasswordRule(passwordRule, account.contactCenter.id, account.userName);
    if (use.allows === 'no') {
      await decoy(callOptions);
      throw new SignInError(use.isPublic ? 'sso_required' : 'bad_credentials', {
        detail: passwordNotUsedHere,
      });
    }
    const link = await links.open(account.contactCenter, login.signal);
    const provedAtMs = now();
    const user = await link.backend.authenticate(
      {
        userName: account.userName,
        password: login.password,
        clientAddress: login.clientAddress,
        ...(link.tenantDbid === undefined ? {} : { tenantDbid: link.tenantDbid }),
      },
      callOptions,
    );
    const [person] = await Promise.all([
      readPerson(link, user.userDbid, login.signal),
      account.attempt.succeed(),
    ]);
    // Only after the right password: which names are in a group is not for everybody.
    if (use.allows === 'unless-member' && (await isInGroup(link, person.DBID, use.accessGroups, callOptions)))
      throw new SignInError('sso_required', { detail: passwordNotUsedHere });
    if (user.changePasswordRequired) throw new SignInError('password_change_required');
    const { passwordExpiresInDays } = user;
    return {
      identity: await identities.of(link, person, callOptions),
      provedAtMs,
      ...(passwordExpiresInDays === undefined ? {} : { passwordExpiresInDays }),
    };
  };

  const fail = async (login: Login, account: Account, failure: unknown): Promise<never> => {
    const { error, counts, passwordWasRight } = mapFailure(failure);
    metrics.failed(account.contactCenter?.id, error.failure);
    await Promise.all([
      settleAttempt(account, { counts, passwordWasRight }),
      audit.write({
        name: 'login_failed',
        outcome: 'failure',
        ...auditFactsOf(login),
        contactCenterId: account.contactCenter?.id,
        fields: {
          userName: account.userName,
          reason: reasonOf(error),
          ...(error.detail === undefined ? {} : { detail: error.detail }),
        },
      }),
    ]);
    throw error;
  };

  return async (login) => {
    if (login.password === '') throw new SignInError('credentials_required', { field: 'password' });
    const { userName, tenant, contactCenterIds: allowed } = login;
    const account = await accounts.open({ userName, tenant, allowed }, login, {
      failed: 'login_failed',
      onRefused: (id, { failure }) => metrics.failed(id, failure),
    });
    const authenticated = await check(login, account).catch((failure) => fail(login, account, failure));
    const { identity } = authenticated;
    metrics.succeeded();
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

/** What the page may not tell, the audit trail may. */
function reasonOf({ failure, detail }: SignInError): string {
  return detail === passwordNotUsedHere ? 'sso_required' : failure;
}

/** A failure clears the count, uses the attempt up or gives it back. */
export async function settleAttempt(
  { attempt }: Pick<Account, 'attempt'>,
  outcome: { counts: boolean; passwordWasRight: boolean },
): Promise<void> {
  if (outcome.passwordWasRight) await attempt.succeed();
  else if (!outcome.counts) await attempt.release();
}

/** A person that was authenticated a moment ago and is not enabled now was deleted or disabled in between. */
async function readPerson(
  link: EnvironmentLink,
  dbid: number,
  signal: AbortSignal | undefined,
): Promise<CfgPerson> {
  const [person] = await link.backend.readPersons({ dbid }, signal ? { signal } : {});
  if (person?.state !== CfgObjectState.enabled) throw new SignInError('bad_credentials');
  return person;
}

export function canExist(userName: string, password: string): boolean {
  return userName.length <= longestUserName && Buffer.byteLength(password) <= longestPasswordBytes;
}
