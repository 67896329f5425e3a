/** Reads from a refused change of a password what it says of the password and the account. */
import { ConfigServerError } from '@gatehouse/people-directory';
import type { ResultAnswer } from '../wire/answers.ts';
import { policyErrors, policyOf, refused } from '../wire/refusals.ts';
import { failureOf, resultCodes } from '../wire/results.ts';

const brokenRules: Readonly<Record<number, string>> = {
  [policyErrors.insufficientPasswordQuality]: 'quality',
  [policyErrors.passwordTooShort]: 'min-length',
  [policyErrors.passwordTooYoung]: 'too-young',
  [policyErrors.passwordInHistory]: 'no-repeats',
};

/** Of a change of a password whose result is not success. `isSame`: the new password is the old one. */
export function changeFailure(result: ResultAnswer, endpoint: string, isSame: boolean): ConfigServerError {
  // 389 Directory Server names no rule for the password that is in use, and Active Directory names none at all.
  const unnamed = isSame ? ['no-repeats'] : [];
  const { error } = policyOf(result);
  const rule = brokenRules[error ?? -1];
  if (rule !== undefined) return policyViolation([rule], endpoint);
  if (error === policyErrors.accountLocked) return refused('AccountLocked', endpoint);
  // Active Directory writes the Windows error first, as in `0000052D: SvcErr: …`; it names no rule.
  const code = /^0*([0-9a-f]{1,8}):/i.exec(result.diagnostic)?.[1]?.toLowerCase();
  if (code === '52d') return policyViolation(unnamed, endpoint);
  if (code === '56') return refused('AuthenticationFailed', endpoint);
  if (code === '775') return refused('AccountLocked', endpoint);
  if (result.code === resultCodes.constraintViolation) return policyViolation(unnamed, endpoint);
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
