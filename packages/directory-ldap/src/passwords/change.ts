/** Changes the password of a person who knows the old one: by RFC 3062, or by `unicodePwd` in Active Directory. */
import { randomUUID } from 'node:crypto';
import { endpointName } from '@gatehouse/config-server-client/discovery';
import type { ChangePasswordRequest } from '@gatehouse/people-directory';
import type { LdapConnection } from '../connection/connection.ts';
import { canBeSent } from '../connection/open-connection.ts';
import type { Directory, Link } from '../directory.ts';
import { findByUserName } from '../people/find.ts';
import { nobodyBelow } from '../people/groups.ts';
import type { DirectoryPerson } from '../people/person.ts';
import { operations, type ResultAnswer } from '../wire/answers.ts';
import { bindFailure, policyErrors, policyOf, refused } from '../wire/refusals.ts';
import { passwordModifyRequest, unicodePasswordRequest } from '../wire/requests.ts';
import { resultCodes } from '../wire/results.ts';
import { boundAs, unsent } from './own-connection.ts';
import { changeFailure, policyViolation, unchangeable } from './refusals.ts';

/** Errors: AuthenticationFailed, PasswordPolicyViolation, AccountLocked, PasswordExpired, ReadOnly, OutcomeUnknown. */
export async function changePassword(
  { userName, oldPassword, newPassword }: ChangePasswordRequest,
  directory: Directory,
  link: Link,
): Promise<DirectoryPerson> {
  const { settings } = directory;
  const endpoint = endpointName(link.main.endpoint);
  if (!canBeSent(oldPassword)) throw refused('AuthenticationFailed', endpoint);
  // RFC 3062 section 2: without a new password the server would make one up.
  if (!canBeSent(newPassword)) throw policyViolation(['quality'], endpoint);
  const person = await unsent(findByUserName(link.main, userName, settings, link.limits));
  const isUsable = person !== undefined && !person.state.isDisabled;
  const change: Change = isUsable
    ? { dn: person.dn, oldPassword, newPassword }
    : { dn: nobodyBelow(settings).dn, oldPassword: randomUUID(), newPassword: randomUUID() };
  const isActiveDirectory = settings.type === 'activeDirectory';
  const result = await (isActiveDirectory ? replaceUnicodePassword : modifyAsOwner)(change, directory, link);
  if (!isUsable) throw refused('AuthenticationFailed', endpoint);
  if (result.code !== resultCodes.success) throw changeFailure(result, endpoint, oldPassword === newPassword);
  return person;
}

interface Change {
  dn: string;
  oldPassword: string;
  newPassword: string;
}

/** The person binds, which proves the old password, and changes nothing but the own password. */
async function modifyAsOwner(change: Change, directory: Directory, link: Link): Promise<ResultAnswer> {
  const { dn, oldPassword, newPassword } = change;
  const endpoint = endpointName(link.main.endpoint);
  return boundAs(directory, link, { dn, password: oldPassword }, async (connection, bound) => {
    if (bound.code === resultCodes.success) return modify(connection, { oldPassword, newPassword }, link);
    const failure = bindFailure(bound, endpoint);
    if (failure.code !== 'PasswordExpired') throw failure;
    // The right password, but expired: the person cannot bind any more. Our account may be permitted to change it.
    const changed = await modify(link.main, change, link);
    if (changed.code === resultCodes.insufficientAccessRights) throw failure;
    if (changed.code === resultCodes.success) await makeOwn(change, directory, link);
    return changed;
  });
}

/**
 * A server may take the change by our account for a reset by an administrator, after which it demands another one. The person can
 * bind again, so the person sets the same password once more. A server that remembers former passwords refuses that and demands
 * another password at the next login. The new password counts already, so no failure here is one of the change.
 */
async function makeOwn({ dn, newPassword }: Change, directory: Directory, link: Link): Promise<void> {
  const same = { oldPassword: newPassword, newPassword };
  const asPerson = boundAs(directory, link, { dn, password: newPassword }, async (connection, bound) => {
    if (policyOf(bound).error === policyErrors.changeAfterReset) await modify(connection, same, link);
  });
  await asPerson.catch(() => undefined);
}

async function modify(
  connection: LdapConnection,
  change: Omit<Change, 'dn'> & { dn?: string },
  { limits }: Link,
): Promise<ResultAnswer> {
  const request = { encode: passwordModifyRequest(change), operation: operations.extended };
  return (await connection.exchange(request, limits)).result;
}

/** Our account asks, because a person whose password is expired cannot bind. The old password is part of the change. */
async function replaceUnicodePassword(
  { dn, oldPassword, newPassword }: Change,
  _directory: Directory,
  { main, limits }: Link,
): Promise<ResultAnswer> {
  if (!main.isEncrypted)
    throw unchangeable('Active Directory changes passwords over TLS only', endpointName(main.endpoint));
  const encode = unicodePasswordRequest(dn, oldPassword, newPassword);
  const { result } = await main.exchange({ encode, operation: operations.modify }, limits);
  // The random name of nobody.
  if (result.code === resultCodes.noSuchObject)
    throw refused('AuthenticationFailed', endpointName(main.endpoint));
  return result;
}
