/** The operator account: its password stands in the configuration, plain or as an argon2id or bcrypt hash. */

import { safeEqual, sha256 } from '@gatehouse/service-kit/crypto/digest';
import { tooManyRequests } from '@gatehouse/service-kit/errors/app-error';
import type { Credentials } from '@gatehouse/service-kit/http/basic-auth';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { randomToken } from '@gatehouse/service-kit/random';
import type { Secret } from '@gatehouse/service-kit/secret';
import { verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

export interface OpsAccount {
  /** Whether one of the readings of the credentials is the operator's. */
  accepts(readings: readonly Credentials[]): Promise<boolean>;
}

type Verify = (password: string) => Promise<boolean>;

/** Hashes in work at a time; a hash takes tens of milliseconds of a core and memory besides. */
const maxConcurrentHashes = 4;

export function createOpsAccount(account: { username: string; password: Secret }, log: Logger): OpsAccount {
  const configured = account.password.reveal();
  const isHash = /^\$(argon2id|2[aby])\$/.test(configured);
  const verify = isHash
    ? hashVerifier(configured)
    : async (password: string) => safeEqual(password, configured);

  return {
    async accepts(readings) {
      for (const { username, password } of readings) {
        const isPassword = await verify(password);
        if (isHash && safeEqual(password, configured)) {
          // The classic mistake of installers; without this line nobody finds it.
          log.warn(
            'somebody sent the hash of the operator password as the password: send the plain password',
          );
        }
        if (safeEqual(username, account.username) && isPassword) return true;
      }
      return false;
    },
  };
}

/** Verifies against a hash; a password that was right is remembered by a keyed digest, so that it is hashed once. */
function hashVerifier(configured: string): Verify {
  const verifyHash = configured.startsWith('$argon2id$')
    ? (password: string) => verifyArgon2(configured, password)
    : (password: string) => verifyBcrypt(password, configured);
  const processKey = randomToken();
  let verified: string | undefined;
  let running = 0;
  return async (password) => {
    const digest = sha256(`${processKey}.${password}`);
    if (verified !== undefined && safeEqual(digest, verified)) return true;
    if (running >= maxConcurrentHashes)
      throw tooManyRequests(1, { detail: 'too many operator passwords to verify' });
    running += 1;
    try {
      const isRight = await verifyHash(password);
      if (isRight) verified = digest;
      return isRight;
    } finally {
      running -= 1;
    }
  };
}
