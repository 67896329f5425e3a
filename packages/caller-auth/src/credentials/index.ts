/** Names what others may use of passwords, secrets and tokens that callers send. */
export { type Credentials, hasScheme, parseBasicCredentials, parseBearerToken } from './basic-auth.ts';
export { createOperator, type Operator } from './operator.ts';
export { brokenPasswordRules, hashPersonPassword, isPersonPassword } from './person-password.ts';
export { createSecretAttempts } from './secret-attempts.ts';
/** @public The compiler names it in types that it infers. */
export type { SecretCheck } from './secret-verifier.ts';
export { createSecretVerifier, type SecretVerifier } from './secret-verifier.ts';
export { opsSettings } from './settings.ts';
export { isFresh, requireStepUp, type StepUp } from './step-up.ts';
export {
  hashOfNothing,
  hashSlowly,
  isBrokenHash,
  isSlowHash,
  isTooCostly,
  matchesSlowHash,
  type StoredSecret,
} from './stored-secret.ts';
