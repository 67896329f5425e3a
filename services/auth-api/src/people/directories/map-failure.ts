/** Maps a failed call to a Configuration Server to the error that the person who signs in gets. */
import { UpstreamError } from '@gatehouse/api-client/http';
import { ConfigServerError } from '@gatehouse/people-directory';
import { SignInError, type SignInFailure } from './sign-in-error.ts';

/** The server gives these only after the right password. */
const accountFailures: Partial<Record<ConfigServerError['code'], SignInFailure>> = {
  AccountLocked: 'account_locked',
  AccountExpired: 'account_expired',
  PasswordExpired: 'password_expired',
  ChangePasswordRequired: 'password_change_required',
  TooManySessions: 'too_many_sessions',
};

export interface MappedFailure {
  error: SignInError;
  /**
   * Whether somebody answered that the password is wrong. An unanswered attempt does not count: a server that is away
   * for ten seconds must not lock people out whose password was right.
   */
  counts: boolean;
  /** Whether the password was right all the same. */
  passwordWasRight: boolean;
}

export function mapFailure(failure: unknown): MappedFailure {
  if (failure instanceof SignInError) {
    return { error: failure, counts: failure.failure === 'bad_credentials', passwordWasRight: false };
  }
  if (!(failure instanceof ConfigServerError)) return tryAgain(failure);
  const { code, cause } = failure;
  // Of the account that the directory has under another name.
  if (code === 'Aborted' && cause instanceof SignInError) return mapFailure(cause);
  if (code === 'AuthenticationFailed') {
    return { error: new SignInError('bad_credentials'), counts: true, passwordWasRight: false };
  }
  const account = accountFailures[code];
  if (account !== undefined) {
    // A locked account may be reported without a look at the password.
    const isLocked = account === 'account_locked';
    return { error: new SignInError(account), counts: isLocked, passwordWasRight: !isLocked };
  }
  // Before anything was changed: the password is still the old one.
  if (code === 'ReadOnly') {
    const error = new SignInError('password_change_unavailable', {
      detail: detailOf(failure),
      retryAfterSeconds: 60,
      cause: failure,
    });
    return { error, counts: false, passwordWasRight: false };
  }
  if (code === 'PasswordPolicyViolation') {
    const error = policyError(ruleNames(failure.details));
    return { error, counts: false, passwordWasRight: true };
  }
  return tryAgain(failure);
}

function tryAgain(failure: unknown): MappedFailure {
  const detail =
    failure instanceof ConfigServerError
      ? detailOf(failure)
      : 'the environment of the user cannot be reached';
  const retryAfterMs = failure instanceof ConfigServerError ? (failure.retryAfterMs ?? 2_000) : 2_000;
  return {
    error: new SignInError('try_again', {
      detail,
      retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)),
      cause: failure,
    }),
    counts: false,
    passwordWasRight: false,
  };
}

function detailOf({ code, endpoint, message, cause }: ConfigServerError): string {
  // The people store needs Environment API.
  if (cause instanceof UpstreamError) return message;
  return `${message} (${code}${endpoint === undefined ? '' : ` at ${endpoint}`})`;
}

const ruleTexts: Record<string, string> = {
  'min-length': 'is too short',
  'max-length': 'is too long',
  'user-name': 'is the user name',
  alpha: 'needs a letter',
  number: 'needs a digit',
  punctuation: 'needs a punctuation mark',
  'mixed-case': 'needs upper and lower case letters',
  'no-repeats': 'was used before',
  quality: 'is too simple',
  'too-young': 'comes too soon after the last change',
};

/** One problem per broken rule; `field` is what the caller sent, the message starts with the rule's name. */
export function policyError(rules: readonly string[]): SignInError {
  const problems = rules.map((rule) => ({
    field: 'newPassword',
    message: `${rule}: the new password ${ruleTexts[rule] ?? 'breaks this rule'}`,
  }));
  return new SignInError('password_policy', { problems });
}

/** The answer to the browser names them: a server must not fill it. */
const maxRules = 20;
const maxRuleLength = 64;

/** Names of the broken rules in the details of a PasswordPolicyViolation: a list, or `{ rules: [...] }`. */
export function ruleNames(details: unknown): string[] {
  const rules = Array.isArray(details) ? details : (details as { rules?: unknown } | undefined)?.rules;
  if (!Array.isArray(rules)) return [];
  return rules.slice(0, maxRules).filter((rule) => typeof rule === 'string' && rule.length <= maxRuleLength);
}
