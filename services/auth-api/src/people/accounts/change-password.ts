/** Changes a password and ends every session and token that the user got under the old one. */

import { definedOnly, passwordWay } from '@gatehouse/contracts/values';
import type { CallOptions, CfgPerson } from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { reasonUnsettled } from '../../records/revocation/unsettled.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { subjectsIn } from '../../registry/contact-centers/subjects.ts';
import type { EnvironmentLink } from '../directories/environment-links.ts';
import { mapFailure } from '../directories/map-failure.ts';
import { isInGroup } from '../directories/person-lookup.ts';
import { SignInError } from '../directories/sign-in-error.ts';
import type { UserIdentity } from '../identity/identity.ts';
import {
  type Account,
  type Accounts,
  type AttemptOrigin,
  auditFactsOf,
  failAttempt,
  type NamedAccount,
} from './account.ts';
import type { Admission } from './admission.ts';
import type { CutOffs } from './cut-offs.ts';
import type { Identities } from './identities.ts';
import { maxPasswordBytes, type OpenPasswordAccess } from './password-rule.ts';
import type { PersonChangeRecords } from './person-change-records.ts';

/** A signed-in user, or a caller who names the account and knows its old password. */
export type PasswordOwner = { identity: UserIdentity } | { userName: string; tenant?: string | undefined };

export interface PasswordChange extends AttemptOrigin {
  owner: PasswordOwner;
  oldPassword: string;
  newPassword: string;
}

export interface ChangedPassword {
  identity: UserIdentity;
  /** Everything that was issued to the user up to this moment is revoked. */
  changedAtMs: number;
}

export interface ChangePasswordOptions {
  accounts: Accounts;
  /** Asked where a name and a password are all that is known; who is signed in was asked before. */
  admission: Pick<Admission, 'admit' | 'admitPasswordAlone'>;
  openPasswordAccess: OpenPasswordAccess;
  contactCenters: Pick<ContactCenterService, 'ofEnvironment'>;
  revocations: Pick<Revocations, 'revokeAll'>;
  records: Pick<PersonChangeRecords, 'recordOwnPasswordChange'>;
  identities: Identities;
  audit: AuditWriter;
  cutOffs: CutOffs;
  now: Clock;
}

/** The returned function throws SignInError; `password_policy` carries one problem for each broken rule. */
export function createChangePassword(options: ChangePasswordOptions) {
  const { accounts, admission, contactCenters, openPasswordAccess, revocations, records } = options;
  const { identities, audit, cutOffs, now } = options;

  const readPlaces = (environmentId: string) =>
    contactCenters.ofEnvironment(environmentId).catch((cause) => {
      throw new SignInError('try_again', {
        cause,
        detail: `the contact centres of environment ${environmentId} cannot be read`,
      });
    });

  const admitNamed = createAdmitNamed(options);
  const changeAtServer = async (change: PasswordChange, account: Account) => {
    const { owner } = change;
    const { dependsOnPerson } =
      'identity' in owner || account.contactCenter === undefined
        ? { dependsOnPerson: false }
        : await admission.admitPasswordAlone(account.contactCenter.id);
    const callOptions = definedOnly({ signal: change.signal });
    const { link, ssoOnlyGroups } = await openPasswordAccess(account, change.oldPassword, callOptions);
    // First: a changed password must end what the person holds in each of them.
    const places = await readPlaces(link.place.environmentId);
    const person = await findPerson(link, account.userName, ssoOnlyGroups, callOptions);
    if (person !== undefined) await account.countAs(person.userName);
    if (dependsOnPerson) await admitNamed(change, { link, account, person }, callOptions);
    const { oldPassword, newPassword } = change;
    const { passwordUpdatingDate } = await link.changePassword(
      person,
      { oldPassword, newPassword },
      callOptions,
    );
    if (person === undefined) throw new SignInError('bad_credentials');
    return { link, person, places, passwordUpdatingDate };
  };

  const fail = async (change: PasswordChange, account: Account, failure: unknown): Promise<never> => {
    const mapped = mapFailure(failure);
    return failAttempt(account, mapped, () =>
      audit.write({
        name: 'password_change_failed',
        outcome: 'failure',
        ...auditFactsOf(change),
        contactCenterId: account.contactCenter?.id,
        fields: { userName: account.userName, reason: mapped.error.failure },
      }),
    );
  };

  return async (change: PasswordChange): Promise<ChangedPassword> => {
    requirePasswords(change);
    const account = await accounts.open(namedBy(change.owner), change, {
      failed: 'password_change_failed',
    });
    const changed = await changeAtServer(change, account).catch((failure) => fail(change, account, failure));
    const changedAtMs = now();
    const { link, person, places, passwordUpdatingDate } = changed;
    const bare = identities.bare(link, person);
    const subjects = subjectsIn(bare.environmentId, places, bare.dbid);
    const elsewhere = subjects.filter(({ sub }) => sub !== bare.sub);
    // At once: the old password's grants must end even if one of the other steps fails.
    await Promise.all([
      records.recordOwnPasswordChange(bare, passwordUpdatingDate),
      // In force: a refusal now would say that the password is still the old one.
      reasonUnsettled(
        revocations.revokeAll(
          subjects.map(({ sub: id }) => ({ kind: 'sub' as const, id, atMs: changedAtMs })),
        ),
      ),
      account.attempt.succeed(),
      audit.write({
        name: 'password_changed',
        outcome: 'success',
        ...auditFactsOf(change),
        sub: bare.sub,
        contactCenterId: bare.contactCenterId,
        fields: { userName: bare.loginName },
      }),
      cutOffs(elsewhere, {
        environmentId: bare.environmentId,
        reason: 'password',
        correlationIdOf: () => change.correlationId,
      }),
    ]);
    // The password is changed: a failure to read groups and roles must not say otherwise.
    const options = definedOnly({ signal: change.signal });
    const read = await identities.of(link, person, options).catch(() => bare);
    // The former password is the proof, also of somebody who had come in by a provider.
    const domain = 'identity' in change.owner ? change.owner.identity.entry?.domain : account.domain;
    return { identity: { ...read, entry: definedOnly({ domain, way: passwordWay }) }, changedAtMs };
  };
}

/** Asks about roles and factors only after the old password is proved: a stranger must not learn who has which. */
function createAdmitNamed({
  admission,
  identities,
  now,
}: Pick<ChangePasswordOptions, 'admission' | 'identities' | 'now'>) {
  return async (
    { oldPassword: password, clientAddress }: PasswordChange,
    { link, account, person }: { link: EnvironmentLink; account: Account; person: CfgPerson | undefined },
    options: CallOptions,
  ): Promise<void> => {
    const atMs = now();
    const userName = person?.userName ?? account.userName;
    const question = { userName, password, clientAddress, onAccount: account.countAs };
    await link.authenticate(question, options).catch((failure) => {
      // An old password that has expired is the right one.
      if (!mapFailure(failure).passwordWasRight) throw failure;
    });
    if (person === undefined) throw new SignInError('bad_credentials');
    const identity = await identities.of(link, person, options);
    await admission.admit(identity, { act: 'passwordChange', proofs: [{ factor: 'password', atMs }] });
  };
}

/** Asks the same questions whether the person exists or not: no person has the DBID 0. */
async function findPerson(
  link: EnvironmentLink,
  userName: string,
  ssoOnlyGroups: readonly string[],
  options: CallOptions,
): Promise<CfgPerson | undefined> {
  const [person] = await link.readPersons({ user_name: userName }, options);
  const mustUseSso =
    ssoOnlyGroups.length > 0 && (await isInGroup(link, person?.DBID ?? 0, ssoOnlyGroups, options));
  return mustUseSso ? undefined : person;
}

function namedBy(owner: PasswordOwner): NamedAccount {
  if (!('identity' in owner)) return owner;
  return { userName: owner.identity.loginName, contactCenterId: owner.identity.contactCenterId };
}

function requirePasswords({ oldPassword, newPassword }: PasswordChange): void {
  if (oldPassword === '') throw new SignInError('credentials_required', { field: 'oldPassword' });
  if (newPassword === '' || Buffer.byteLength(newPassword) > maxPasswordBytes) {
    const message = `must have 1 to ${maxPasswordBytes} bytes`;
    throw new SignInError('password_policy', { problems: [{ field: 'newPassword', message }] });
  }
}
