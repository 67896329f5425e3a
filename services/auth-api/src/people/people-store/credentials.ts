/** Verifies and changes the passwords of people of one environment. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { isOfReadOnlyRegion, UpstreamError } from '@gatehouse/api-client/http';
import { brokenPasswordRules } from '@gatehouse/caller-auth/credentials';
import { type CallOptions, type ChangePasswordRequest, ConfigServerError } from '@gatehouse/people-directory';
import type { PersonPasswords } from './passwords.ts';
import type { Persons } from './persons.ts';

export interface CredentialsOptions {
  environmentId: string;
  client: Pick<EnvironmentApiClient, 'setPersonPassword'>;
  persons: Persons;
  passwords: PersonPasswords;
}

export function createCredentials({ environmentId, client, persons, passwords }: CredentialsOptions) {
  /** @throws ConfigServerError AuthenticationFailed; the same work for whoever does not exist, or has no password */
  async function verify(userName: string, password: string, { signal }: CallOptions) {
    const [person] = await persons.byName(environmentId, { userName });
    const hash = passwords.hashOf(person);
    const isRight = await passwords.matches(hash, password, signal);
    if (!isRight || hash === undefined || !person?.isActive)
      throw new ConfigServerError('AuthenticationFailed', 'user name or password is wrong');
    return { person, hash };
  }

  async function change({ userName, oldPassword, newPassword }: ChangePasswordRequest, options: CallOptions) {
    const { person, hash } = await verify(userName, oldPassword, options).catch((error) => {
      throw error instanceof UpstreamError ? notNow(error) : error;
    });
    const failure = persons.failure();
    if (failure !== undefined) throw notNow(failure);
    const isPresent = await passwords.matches(hash, newPassword, options.signal);
    const rules = brokenPasswordRules(newPassword, { userName: person.userName, isPresent });
    if (rules.length > 0)
      throw new ConfigServerError('PasswordPolicyViolation', 'the new password breaks rules', {
        details: { rules },
      });
    const passwordEnvelope = await passwords.seal(person, newPassword, options.signal);
    try {
      const stored = await client.setPersonPassword(environmentId, person.dbid, {
        passwordEnvelope,
        insteadOf: hash,
      });
      return { passwordUpdatingDate: stored.passwordChangedAt };
    } catch (error) {
      throw asChangeError(error);
    } finally {
      persons.forget(environmentId, person.dbid);
    }
  }

  return { verify, change };
}

function notNow(cause: unknown): ConfigServerError {
  return new ConfigServerError('ReadOnly', 'Environment API does not answer: no password can be changed', {
    cause,
  });
}

/** Says of a failed change whether the password is still the old one. */
function asChangeError(error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error;
  const { status } = error;
  // Another change was faster, or the person was deactivated: the old password is not right any more.
  if (status === 409 || status === 404)
    return new ConfigServerError('AuthenticationFailed', 'the password was changed meanwhile');
  if (status === undefined)
    return new ConfigServerError('OutcomeUnknown', 'Environment API did not answer the change', {
      cause: error,
    });
  return new ConfigServerError(
    'ReadOnly',
    isOfReadOnlyRegion(error)
      ? 'the people store of this region is read-only: passwords are changed in the writable region'
      : `Environment API refused the change (${status})`,
    { cause: error },
  );
}
