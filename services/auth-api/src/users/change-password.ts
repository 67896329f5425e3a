/** Changes a password; afterwards nothing that was granted under the old one works any more. */
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken } from '@gatehouse/service-kit/random';
import type { AuditWriter } from '../audit/event.ts';
import type { CutOffs } from '../tokens/cut-offs.ts';
import { isInGroup } from './access-groups.ts';
import { type Account, type Accounts, auditFactsOf, type NamedAccount } from './account.ts';
import { canExist, longestPasswordBytes, settleAttempt } from './authenticate.ts';
import type { Decoy } from './decoy.ts';
import type { EnvironmentLink, EnvironmentLinks } from './environment-link.ts';
import type { Identities } from './identities.ts';
import type { UserIdentity } from './identity.ts';
import { mapFailure } from './map-failure.ts';
import type { PasswordChangeMarks } from './password-change-marks.ts';
import { askPasswordRule, type PasswordRule, passwordNotUsedHere } from './password-rule.ts';
import { SignInError } from './sign-in-error.ts';
import { subjectOf } from './subject.ts';
import type { ChangedPassword, PasswordChange, PasswordOwner } from './user-service.ts';

export interface ChangePasswordOptions {
  accounts: Accounts;
  links: EnvironmentLinks;
  decoy: Decoy;
  cutOffs: Pick<CutOffs, 'raise'>;
  marks: PasswordChangeMarks;
  passwordRule: PasswordRule;
  identities: Identities;
  audit: AuditWriter;
  now: Clock;
}

export function createChangePassword(
  options: ChangePasswordOptions,
): (change: PasswordChange) => Promise<ChangedPassword> {
  const { accounts, links, decoy, cutOffs, marks, passwordRule, identities, audit, now } = options;

  const changeAtServer = async (change: PasswordChange, account: Account): Promise<UserIdentity> => {
    const callOptions = change.signal ? { signal: change.signal } : {};
    if (account.contactCenter === undefined || !canExist(account.userName, change.oldPassword)) {
      await decoy(callOptions);
      throw new SignInError('bad_credentials');
    }
    const use = await askPasswordRule(passwordRule, account.contactCenter.id, account.userName);
    if (use.allows === 'no') {
      await decoy(callOptions);
      throw new SignInError(use.isPublic ? 'sso_required' : 'bad_credentials', {
        detail: passwordNotUsedHere,
      });
    }
    const link = await links.open(account.contactCenter, change.signal);
    const found = await findPerson(link, account.userName, callOptions);
    const isMember =
      use.allows === 'unless-member' &&
      (await isInGroup(link, found?.DBID ?? 0, use.accessGroups, callOptions));
    const person = isMember ? undefined : found;
    const { passwordUpdatingDate } = await link.backend.changePassword(
      {
        // The request names no tenant: for a user of another one it goes to a name that nobody has.
        userName: person?.userName ?? randomToken(16),
        oldPassword: change.oldPassword,
        newPassword: change.newPassword,
      },
      callOptions,
    );
    if (person === undefined) throw new SignInError('bad_credentials');
    await marks.set(subjectOf(link.place.environmentId, person.DBID), passwordUpdatingDate);
    // The password is changed: nothing that is missing now makes that untrue.
    return identities.of(link, person, callOptions).catch(() => identities.bare(link, person));
  };

  const fail = async (change: PasswordChange, account: Account, failure: unknown): Promise<never> => {
    const { error, counts, passwordWasRight } = mapFailure(failure);
    await Promise.all([
      settleAttempt(account, { counts, passwordWasRight }),
      audit.write({
        name: 'password_change_failed',
        outcome: 'failure',
        ...auditFactsOf(change),
        contactCenterId: account.contactCenter?.id,
        fields: { userName: account.userName, reason: error.failure },
      }),
    ]);
    throw error;
  };

  return async (change) => {
    requirePasswords(change);
    const account = await accounts.open(namedBy(change.owner), change, {
      failed: 'password_change_failed',
    });
    const identity = await changeAtServer(change, account).catch((failure) => fail(change, account, failure));
    const changedAtMs = now();
    await Promise.all([
      cutOffs.raise({ kind: 'sub', id: identity.sub, atMs: changedAtMs }),
      account.attempt.succeed(),
      audit.write({
        name: 'password_changed',
        outcome: 'success',
        ...auditFactsOf(change),
        sub: identity.sub,
        contactCenterId: identity.contactCenterId,
        fields: { userName: identity.loginName },
      }),
    ]);
    return { identity, changedAtMs };
  };
}

async function findPerson(
  link: EnvironmentLink,
  userName: string,
  callOptions: { signal?: AbortSignal },
): Promise<CfgPerson | undefined> {
  const tenant = link.tenantDbid === undefined ? {} : { tenant_dbid: link.tenantDbid };
  const [person] = await link.backend.readPersons({ user_name: userName, ...tenant }, callOptions);
  return person;
}

function namedBy(owner: PasswordOwner): NamedAccount {
  if (!('identity' in owner)) return owner;
  return { userName: owner.identity.loginName, contactCenterId: owner.identity.contactCenterId };
}

function requirePasswords({ oldPassword, newPassword }: PasswordChange): void {
  if (oldPassword === '') throw new SignInError('credentials_required', { field: 'oldPassword' });
  if (newPassword === '' || Buffer.byteLength(newPassword) > longestPasswordBytes) {
    const message = `must have 1 to ${longestPasswordBytes} bytes`;
    throw new SignInError('password_policy', { problems: [{ field: 'newPassword', message }] });
  }
}
