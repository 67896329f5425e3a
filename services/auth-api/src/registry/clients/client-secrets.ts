/** Checks and hashes the secrets of clients, and generates new ones. */
import {
  isBrokenHash,
  isSlowHash,
  isTooCostly,
  type SecretVerifier,
  type StoredSecret,
} from '@gatehouse/caller-auth/credentials';
import { digestSecret, generateSecret } from '@gatehouse/service-kit/crypto';
import { fieldError } from './validation/rules.ts';

export function createClientSecrets(options: {
  verifier: Pick<SecretVerifier, 'hash'>;
  minSecretLength: number;
}) {
  const { verifier, minSecretLength } = options;
  return {
    /** Hashes a secret that a caller chose, or accepts a hash from elsewhere. @throws AppError (400), (503) if too many are being hashed */
    async keep(chosen: string): Promise<StoredSecret> {
      if (isSlowHash(chosen)) {
        if (!isTooCostly(chosen)) return { hash: chosen };
        throw fieldError('client_secret', 'this hash is too costly to check: hash it with a lower cost');
      }
      if (isBrokenHash(chosen)) {
        throw fieldError('client_secret', 'looks like a hash but is not a whole argon2id or bcrypt hash');
      }
      if (chosen.length < minSecretLength) {
        throw fieldError('client_secret', `must have at least ${minSecretLength} characters`, 'too_short');
      }
      return { hash: await verifier.hash(chosen) };
    },
    generate(): { secret: string; stored: StoredSecret } {
      const secret = generateSecret();
      return { secret, stored: { hash: digestSecret(secret) } };
    },
  };
}
