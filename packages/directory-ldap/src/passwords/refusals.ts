/** Reads from a refused bind or change what it says of the account: wrong password, locked, expired, a new password due. */
import { ConfigServerError } from '@gatehouse/people-directory';
import { type PolicyAnswer, type ResultAnswer, readPolicy } from '../wire/answers.ts';
import { passwordPolicyOid } from '../wire/requests.ts';
import { failureOf, resultCodes } from '../wire/results.ts';

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

/** Of a bind whose result is not success. */
export function bindFailure(result: ResultAnswer, endpoint: string): ConfigServerError {
  if (result.code !== resultCodes.invalidCredentials) return failureOf(result, endpoint);
  const { error } = policyOf(result);
  if (error === policyErrors.passwordExpired) return refused('PasswordExpired', endpoint);
  if (error === policyErrors.accountLocked) return refused('AccountLocked', endpoint);
  const code = /\bdata ([0-9a-f]{1,8})\b/i.exec(result.diagnostic)?.[1]?.toLowerCase();
  return refused(bindCodes[code ?? ''] ?? 'AuthenticationFailed', endpoint);
}

const brokenRules: Readonly<Record<number, string>> = {
  [policyErrors.insufficientPasswordQuality]: 'quality',
  [policyErrors.passwordTooShort]: 'min-length',
  [policyErrors.passwordTooYoung]: 'too-young',
  [policyErrors.passwordInHistory]: 'no-repeats',
};

/** Of a change of a password whose result is not success. */
export function changeFailure(result: ResultAnswer, endpoint: string): ConfigServerError {
  const rule = brokenRules[policyOf(result).error ?? -1];
  if (rule !== undefined) return policyViolation([rule], endpoint);
  // Active Directory writes the Windows error first, as in `0000052D: SvcErr: …`; it names no rule.
  const code = /^0*([0-9a-f]{1,8}):/i.exec(result.diagnostic)?.[1]?.toLowerCase();
  if (code === '52d') return policyViolation([], endpoint);
  if (code === '56') return refused('AuthenticationFailed', endpoint);
  if (code === '775') return refused('AccountLocked', endpoint);
  if (result.code === resultCodes.constraintViolation) return policyViolation([], endpoint);
  if (takesNoChange.has(result.code))
    return unchangeable('the directory permits no change of passwords', endpoint);
  return failureOf(result, endpoint);
}

const takesNoChange: ReadonlySet<number> = new Set([
  resultCodes.insufficientAccessRights,
  resultCodes.unwillingToPerform,
]);

/** The password is still the old one. */
export function unchangeable(message: string, endpoint: string | undefined): ConfigServerError {
  return new ConfigServerError('ReadOnly', message, { endpoint, sent: true, retryable: false });
}

export function policyViolation(rules: string[], endpoint: string | undefined): ConfigServerError {
  return new ConfigServerError('PasswordPolicyViolation', 'the directory refuses the new password', {
    endpoint,
    sent: true,
    details: { rules },
  });
}

export function refused(code: Refusal, endpoint: string | undefined): ConfigServerError {
  return new ConfigServerError(code, messages[code], { endpoint, sent: true });
}
