/** Verifies the password of a person: finds the one entry of that name and binds as it. */
import { randomUUID } from 'node:crypto';
import { endpointName } from '@gatehouse/config-server-client/discovery';
import {
  type AuthenticateRequest,
  ConfigServerError,
  environmentTenantDbid,
} from '@gatehouse/people-directory';
import { canBeSent } from '../connection/open-connection.ts';
import type { Directory, Link } from '../directory.ts';
import { findByUserName } from '../people/find.ts';
import { nobodyBelow } from '../people/groups.ts';
import type { DirectoryPerson } from '../people/person.ts';
import type { ResultAnswer } from '../wire/answers.ts';
import { bindFailure, policyErrors, policyOf, refused } from '../wire/refusals.ts';
import { resultCodes } from '../wire/results.ts';
import { boundAs, unsent } from './own-connection.ts';

export interface Verified {
  person: DirectoryPerson;
  changePasswordRequired: boolean;
  passwordExpiresInDays: number | undefined;
}

const dayMs = 86_400_000;
/** Active Directory always tells when a password expires; people are warned as Windows warns them. */
const warningDays = 14;

/** Errors: AuthenticationFailed (unknown, disabled or wrong), AccountLocked, AccountExpired, PasswordExpired, OutcomeUnknown. */
export async function authenticate(
  { userName, password, tenantDbid = environmentTenantDbid, onAccount }: AuthenticateRequest,
  directory: Directory,
  link: Link,
): Promise<Verified> {
  const endpoint = endpointName(link.main.endpoint);
  if (!canBeSent(password)) throw refused('AuthenticationFailed', endpoint);
  const { settings } = directory;
  const found = await unsent(findByUserName(link.main, userName, settings, link.limits));
  const person = tenantDbid === environmentTenantDbid ? found : undefined;
  if (person !== undefined)
    await onAccount?.(person.userName).catch((cause) => {
      throw new ConfigServerError('Aborted', 'the password was not to be verified', { endpoint, cause });
    });
  // Nobody of that name costs the same questions; what was typed is not sent for it.
  const account =
    person === undefined
      ? { dn: nobodyBelow(settings).dn, password: randomUUID() }
      : { dn: person.dn, password };
  const result = await boundAs(directory, link, account, async (_connection, answer) => answer);
  if (person === undefined) throw refused('AuthenticationFailed', endpoint);
  return verified(person, result, { endpoint, nowMs: link.main.nowMs });
}

function verified(
  person: DirectoryPerson,
  result: ResultAnswer,
  { endpoint, nowMs }: { endpoint: string; nowMs: number },
): Verified {
  // Disabled looks like a wrong password, whatever the server says of it: a stranger must not learn that the account exists.
  if (person.state.isDisabled) throw refused('AuthenticationFailed', endpoint);
  const failure = result.code === resultCodes.success ? undefined : bindFailure(result, endpoint);
  // Given only after the right password.
  const isDue = failure?.code === 'ChangePasswordRequired';
  if (failure !== undefined && !isDue) throw failure;
  if (person.state.isExpired) throw refused('AccountExpired', endpoint);
  const policy = policyOf(result);
  const changePasswordRequired =
    isDue ||
    policy.error === policyErrors.changeAfterReset ||
    policy.graceLogins !== undefined ||
    person.state.mustChangePassword;
  return { person, changePasswordRequired, passwordExpiresInDays: daysLeft(person, policy, nowMs) };
}

function daysLeft(
  { state: { passwordExpiresAtMs } }: DirectoryPerson,
  { secondsBeforeExpiration }: ReturnType<typeof policyOf>,
  nowMs: number,
): number | undefined {
  if (secondsBeforeExpiration !== undefined) return Math.floor((secondsBeforeExpiration * 1_000) / dayMs);
  if (passwordExpiresAtMs === undefined) return undefined;
  const days = Math.floor((passwordExpiresAtMs - nowMs) / dayMs);
  return days >= 0 && days <= warningDays ? days : undefined;
}
