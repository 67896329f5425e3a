/** Checks and hashes the passwords that administrators give to people. */
import {
  brokenPasswordRules,
  hashPersonPassword,
  isPersonPassword,
} from '@gatehouse/caller-auth/credentials';
import { personPasswordPlace } from '@gatehouse/contracts/environment-api';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import { createSemaphore } from '@gatehouse/service-kit/limits';

/** Hashed before the transaction begins, so that no connection waits for it. */
export interface ProvidedPassword {
  text: string;
  hash: string;
}

export type ProvidedPasswords = ReturnType<typeof createProvidedPasswords>;

export function createProvidedPasswords(secretBox: SecretBox) {
  // Each hash takes a thread for tens of milliseconds.
  const slowWork = createSemaphore({ concurrency: 2, queueLength: 256 });
  // Within a transaction: behind the hashes of others it would hold a connection to the database that logins need.
  const comparisons = createSemaphore({ concurrency: 2 });

  return {
    /** @throws AppError 400 for a password that breaks a rule, 503 when too many are being hashed */
    async hash(text: string): Promise<ProvidedPassword> {
      // Before the work: nobody gets it done for a password that is refused.
      requireRules(text, '');
      return { text, hash: await slowWork.run(() => hashPersonPassword(text)) };
    },
    /** Undefined: it is the present password already, as programs send it that write everything anew. @throws AppError 400 */
    async sealed(
      { text, hash }: ProvidedPassword,
      { id, userName, present }: { id: string; userName: string; present: string | undefined },
    ): Promise<string | undefined> {
      requireRules(text, userName);
      const place = personPasswordPlace(id);
      if (present !== undefined) {
        const presentHash = secretBox.open(present, place).toString('utf8');
        if (await comparisons.run(() => isPersonPassword(presentHash, text))) return undefined;
      }
      return secretBox.seal(hash, place);
    },
  };
}

function requireRules(password: string, userName: string): void {
  const rules = brokenPasswordRules(password, { userName, isPresent: false });
  if (rules.length === 0) return;
  throw new AppError(
    'invalidValue',
    400,
    `The password breaks a rule (${rules.join(', ')}): it must have 12 to 128 characters and not be the user name`,
    { field: 'password' },
  );
}
