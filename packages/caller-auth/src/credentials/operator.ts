/** Verifies the operator account, whose password is in the configuration: plain, or as an argon2id or bcrypt hash. */
import { digestSecret, safeEqual } from '@gatehouse/service-kit/crypto/secrets';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Secret } from '@gatehouse/service-kit/secret';
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
  const text = configured.reveal();
  const isHashed = isSlowHash(text);
  const secrets: StoredSecret[] = [{ hash: isHashed ? text : digestSecret(text), isChosen: true }];
  const isRight = ({ username: name, password }: Credentials) =>
    safeEqual(name, username) && !isHashed && safeEqual(password, text);

  return {
    username,
    /** Tells whether one of the readings is correct. @throws AppError (429) after too many failures, (503) under load */
    async isProvedBy(readings: readonly Credentials[], clientAddress: string): Promise<boolean> {
      const right = readings.filter(isRight);
      // A wrong reading before the right one would count as a guess at every request of an honest caller.
      for (const { username: name, password } of right.length > 0 ? right : readings) {
        const isOperator = safeEqual(name, username);
        const check = { kind: 'operator' as const, owner: name, presented: password, clientAddress };
        // A wrong name costs the same comparison as a wrong password.
        if (await verifier.verify({ ...check, secrets: isOperator ? secrets : [] })) return true;
        if (isOperator && isHashed && safeEqual(password, text)) {
          // A frequent mistake at installation, which is hard to find without this line.
          log.warn(
            'an ops call was refused: it sent the hash of the ops password; callers must send the plain password',
          );
        }
      }
      return false;
    },
  };
}
