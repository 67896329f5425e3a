/** Changes a password; afterwards nothing that was granted under the old one works any more. */
import type { CallOptions } from '@gatehouse/config-server-client/backend';
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken } from '@gatehouse/service-kit/random';
import type { AuditWriter } from '../audit/event.ts';
import type { CutOffs } from '../revocation/cut-offs.ts';
import { isInGroup } from './access-groups.ts';
import { type Account, type Accounts, auditFactsOf, type NamedAccount } from './account.ts';
import { canExist, longestPasswordBytes, settleAttempt } from './authenticate.ts';
import type { Decoy } from './decoy.ts';
import type { EnvironmentLink, EnvironmentLinks } from './environment-link.ts';
import type { Identities } from './identities.ts';
import { mapFailure } from './map-failure.ts';
import type { PasswordChangeMarks } from './password-change-marks.ts';
import { askPasswordRule, type PasswordRule, passwordNotUsedHere } from './password-rule.ts';
import { SignInError } from './sign-in-error.ts';
import type { ChangedPassword, PasswordChange, PasswordOwner } from './user-service.ts';

interface ChangedAtServer {
  link: EnvironmentLink;
  person: CfgPerson;
  passwordUpdatingDate: number;
}

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

  const changeAtServer = async (change: PasswordChange, account: Account): Promise<ChangedAtServer> => {
    const callOptions = signalOf(change);
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
    return { link, person, passwordUpdatingDate };
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
    const changed = await changeAtServer(change, account).catch((failure) => fail(change, account, failure));
    const changedAtMs = now();
    const { link, person, passwordUpdatingDate } = changed;
    const bare = identities.bare(link, person);
    // Whether there is anything to tell of only the Configuration Server knows. So it is told at once, and what was granted
    // ends even if that fails.
    await Promise.all([
      marks.set(bare.sub, passwordUpdatingDate),
      cutOffs.raise({ kind: 'sub', id: bare.sub, atMs: changedAtMs }),
      account.attempt.succeed(),
      audit.write({
        name: 'password_changed',
        outcome: 'success',
        ...auditFactsOf(change),
        sub: bare.sub,
        contactCenterId: bare.contactCenterId,
        fields: { userName: bare.loginName },
      }),
    ]);
    // The password is changed: nothing that is missing now makes that untrue.
    const identity = await identities.of(link, person, signalOf(change)).catch(() => bare);
    return { identity, changedAtMs };
  };
}

async function findPerson(
  link: EnvironmentLink,
  userName: string,
  callOptions: CallOptions,
): Promise<CfgPerson | undefined> {
  const tenant = link.tenantDbid === undefined ? {} : { tenant_dbid: link.tenantDbid };
  const [person] = await link.backend.readPersons({ user_name: userName, ...tenant }, callOptions);
  return person;
}

function signalOf({ signal }: PasswordChange): CallOptions {
  return signal ? { signal } : {};
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
