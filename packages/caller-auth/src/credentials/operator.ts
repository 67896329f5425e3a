/** Verifies the operator account, whose password is in the configuration: plain, or as an argon2id or bcrypt hash. */
import { digestSecret, linesOf, type Secret, safeEqual } from '@gatehouse/service-kit/crypto';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Credentials } from './basic-auth.ts';
import type { SecretVerifier } from './secret-verifier.ts';
import { isSlowHash, type StoredSecret } from './stored-secret.ts';

export type Operator = ReturnType<typeof createOperator>;

export interface OperatorOptions {
  username: string;
  password: Secret;
  verifier: SecretVerifier;
  log: Logger;
}

export function createOperator({ username, password: configured, verifier, log }: OperatorOptions) {
  const lines = linesOf(configured.reveal());
  const hashes = lines.filter(isSlowHash);
  const secrets: StoredSecret[] = lines.map((line) => ({
    hash: isSlowHash(line) ? line : digestSecret(line),
    isChosen: true,
  }));
  return {
    username,
    /** Tells whether one of the readings is correct. @throws AppError (429) after too many failures, (503) under load */
    async isProvedBy(readings: readonly Credentials[], clientAddress: string): Promise<boolean> {
      const [first] = readings;
      if (first === undefined) return false;
      const meant = readings.filter(({ username: name }) => safeEqual(name, username));
      const isOperator = meant.length > 0;
      const isProved = await verifier.verify({
        kind: 'operator',
        owner: isOperator ? username : first.username,
        // A wrong name costs the same comparison as a wrong password.
        secrets: isOperator ? secrets : [],
        presented: (isOperator ? meant : readings).map(({ password }) => password),
        clientAddress,
      });
      if (!isProved && meant.some(({ password }) => hashes.some((hash) => safeEqual(password, hash)))) {
        // A frequent mistake at installation, which is hard to find without this line.
        log.warn(
          'an ops call was refused: it sent the hash of the ops password; callers must send the plain password',
        );
      }
      return isProved;
    },
  };
}
