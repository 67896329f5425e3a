/** Which secrets a client may have, and in what form they are kept. */
import type { SecretVerifier } from '@gatehouse/caller-auth/credentials/secret-verifier';
import {
  digestSecret,
  generateSecret,
  isBrokenHash,
  isSlowHash,
  isTooCostly,
  type StoredSecret,
} from '@gatehouse/caller-auth/credentials/stored-secret';
import { fieldError } from './field-error.ts';

export interface ClientSecrets {
  /** A secret that a caller chose, or its hash from elsewhere. @throws AppError (400), (503) when too many are being hashed */
  keep(chosen: string): Promise<StoredSecret>;
  generate(): { secret: string; stored: StoredSecret };
}

export function createClientSecrets(options: {
  verifier: Pick<SecretVerifier, 'hash'>;
  minSecretLength: number;
}): ClientSecrets {
  const { verifier, minSecretLength } = options;
  return {
    async keep(chosen) {
      if (isSlowHash(chosen)) {
        if (!isTooCostly(chosen)) return { hash: chosen };
        throw fieldError('client_secret', 'this hash is too costly to check: hash it with a lower cost');
      }
      if (isBrokenHash(chosen)) {
        throw fieldError('client_secret', 'looks like a hash but is not a whole argon2id or bcrypt hash');
      }
      if (chosen.length < minSecretLength) {
        throw fieldError('client_secret', `must have at least ${minSecretLength} characters`);
      }
      return { hash: await verifier.hash(chosen) };
    },
    generate() {
      const secret = generateSecret();
      return { secret, stored: { hash: digestSecret(secret) } };
    },
  };
}
