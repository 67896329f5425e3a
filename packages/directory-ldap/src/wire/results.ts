/** Names failures of a directory as the back end does: one list of codes for every kind of directory. */
import { ConfigServerError, type ConfigServerErrorCode } from '@gatehouse/people-directory';
import type { ResultAnswer } from './answers.ts';

/** RFC 4511 appendix A.2. */
export const resultCodes = {
  success: 0,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  strongerAuthRequired: 8,
  referral: 10,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  constraintViolation: 19,
  noSuchObject: 32,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
} as const;

const failures: Readonly<Record<number, [ConfigServerErrorCode, string]>> = {
  [resultCodes.timeLimitExceeded]: ['RequestTimeout', 'the directory needed too long'],
  [resultCodes.sizeLimitExceeded]: ['AnswerTooLong', 'the directory cut its answer short'],
  [resultCodes.strongerAuthRequired]: ['PlaintextRefused', 'the directory wants TLS'],
  [resultCodes.referral]: ['Unsupported', 'the directory refers to another server, which is never followed'],
  [resultCodes.adminLimitExceeded]: ['AnswerTooLong', 'the directory limits the answer for our account'],
  [resultCodes.confidentialityRequired]: ['PlaintextRefused', 'the directory wants TLS'],
  [resultCodes.noSuchObject]: ['CFGObjectNotFound', 'the directory has no such entry'],
  [resultCodes.inappropriateAuthentication]: ['AuthenticationFailed', 'the account has no password'],
  [resultCodes.invalidCredentials]: ['AuthenticationFailed', 'user name or password is wrong'],
  [resultCodes.insufficientAccessRights]: ['AccessDenied', 'the directory does not permit it'],
  [resultCodes.busy]: ['Overloaded', 'the directory is busy'],
  [resultCodes.unavailable]: ['ShuttingDown', 'the directory is not available'],
};

/** The diagnostic message is left out: it may name people. */
export function failureOf({ code }: Pick<ResultAnswer, 'code'>, endpoint: string): ConfigServerError {
  const [name, message] = failures[code] ?? ['InternalError', 'the directory could not do it'];
  return new ConfigServerError(name, message, { endpoint, sent: true, detail: `LDAP result code ${code}` });
}

/** Answers that name other servers: what they hold is unknown, and no credential of ours goes there. */
export function referred(endpoint: string): ConfigServerError {
  return failureOf({ code: resultCodes.referral }, endpoint);
}
