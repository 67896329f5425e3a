/** Checks a new password against the rules of the tenant. */
import { RequestRefused } from '../objects/request-refused.ts';
import { passwordMatches, type StoredPassword } from '../store/password-hash.ts';
import type { SecurityRules } from './rules.ts';

export type PasswordRule = 'min-length' | 'alpha' | 'number' | 'punctuation' | 'mixed-case' | 'no-repeats';

/** @throws RequestRefused PasswordPolicyViolation; `details.rules` names every broken rule */
export async function checkNewPassword(
  password: string,
  rules: SecurityRules,
  history: StoredPassword[],
): Promise<void> {
  const broken: PasswordRule[] = [];
  const check = (rule: PasswordRule, isKept: boolean) => {
    if (!isKept) broken.push(rule);
  };
  check('min-length', [...password].length >= Math.max(rules.passwordMinLength, 1));
  check('alpha', !rules.requireAlpha || /\p{L}/u.test(password));
  check('number', !rules.requireNumber || /\p{Nd}/u.test(password));
  check('punctuation', !rules.requirePunctuation || /[\p{P}\p{S}]/u.test(password));
  check('mixed-case', !rules.requireMixedCase || (/\p{Lu}/u.test(password) && /\p{Ll}/u.test(password)));
  check('no-repeats', !(await isRepeated(password, history.slice(0, rules.passwordNoRepeats))));
  if (broken.length === 0) return;
  throw new RequestRefused('PasswordPolicyViolation', 'the new password breaks the password rules', {
    details: { rules: broken },
  });
}

async function isRepeated(password: string, history: StoredPassword[]): Promise<boolean> {
  for (const stored of history) {
    if (await passwordMatches(password, stored)) return true;
  }
  return false;
}
