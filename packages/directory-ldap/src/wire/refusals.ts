/** Reads from the answer to a bind what it says of the account: wrong password, locked, expired, a new password due. */
import { ConfigServerError } from '@gatehouse/people-directory';
import { type PolicyAnswer, type ResultAnswer, readPolicy } from './answers.ts';
import { passwordPolicyOid } from './requests.ts';
import { failureOf, resultCodes } from './results.ts';

/** draft-behera-ldap-password-policy section 6.2. */
export const policyErrors = {
  passwordExpired: 0,
  accountLocked: 1,
  changeAfterReset: 2,
  passwordModNotAllowed: 3,
  insufficientPasswordQuality: 5,
  passwordTooShort: 6,
  passwordTooYoung: 7,
  passwordInHistory: 8,
} as const;

/** Windows error codes in hexadecimal, in the diagnostic message of Active Directory: `… data 533, v4563`. */
const bindCodes: Readonly<Record<string, Refusal>> = {
  // Disabled looks like a wrong password: a stranger must not learn that the account exists.
  '533': 'AuthenticationFailed',
  '532': 'PasswordExpired',
  '701': 'AccountExpired',
  '773': 'ChangePasswordRequired',
  '775': 'AccountLocked',
};

type Refusal =
  | 'AuthenticationFailed'
  | 'PasswordExpired'
  | 'AccountExpired'
  | 'ChangePasswordRequired'
  | 'AccountLocked';

const messages: Record<Refusal, string> = {
  AuthenticationFailed: 'user name or password is wrong',
  PasswordExpired: 'the password is expired',
  AccountExpired: 'the account is expired',
  ChangePasswordRequired: 'a new password is due',
  AccountLocked: 'the account is locked',
};

export function policyOf({ controls }: ResultAnswer): PolicyAnswer {
  const control = controls.get(passwordPolicyOid);
  return control === undefined || control.length === 0 ? {} : readPolicy(control);
}

/**
 * Of a bind whose result is not success. The control counts with every code: OpenLDAP sends a lock with 49, 389 Directory
 * Server with 19 after wrong passwords and with 53 when somebody locked the account.
 */
export function bindFailure(result: ResultAnswer, endpoint: string): ConfigServerError {
  const { error } = policyOf(result);
  if (error === policyErrors.passwordExpired) return refused('PasswordExpired', endpoint);
  if (error === policyErrors.accountLocked) return refused('AccountLocked', endpoint);
  if (result.code !== resultCodes.invalidCredentials) return failureOf(result, endpoint);
  const code = /\bdata ([0-9a-f]{1,8})\b/i.exec(result.diagnostic)?.[1]?.toLowerCase();
  return refused(bindCodes[code ?? ''] ?? 'AuthenticationFailed', endpoint);
}

/** Of the bind of the account that searches; undefined where it may search. Before a reset password is changed nobody may. */
export function accountFailure(result: ResultAnswer, endpoint: string): ConfigServerError | undefined {
  if (policyOf(result).error === policyErrors.changeAfterReset)
    return refused('ChangePasswordRequired', endpoint);
  return result.code === resultCodes.success ? undefined : bindFailure(result, endpoint);
}

export function refused(code: Refusal, endpoint: string | undefined): ConfigServerError {
  return new ConfigServerError(code, messages[code], { endpoint, sent: true });
}
