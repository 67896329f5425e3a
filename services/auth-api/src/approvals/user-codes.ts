/** Keeps the code by which a person allows clients to ask (OpenID CIBA, `user_code`): hashed slowly, and with few wrong tries. */
import { hashOfNothing, hashSlowly, matchesSlowHash } from '@gatehouse/caller-auth/credentials/stored-secret';
import { userCodeLength } from '@gatehouse/contracts/auth-api/approvals';
import type { Clock } from '@gatehouse/service-kit/clock';
import { tooManyRequests } from '@gatehouse/service-kit/errors/app-error';
import { AttemptRefused, createAttemptCounter } from '@gatehouse/service-kit/limits/attempt-counter';
import { createSemaphore } from '@gatehouse/service-kit/limits/semaphore';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis/client';

/**
 * Counted apart from passwords: a client that guesses codes must not lock the person out of signing in. A client that has
 * known the code has tries of its own, which others cannot use up.
 */
const limits = {
  accountAttempts: 5,
  knownDeviceAttempts: 10,
  accountWindowMs: 3_600_000,
  freeFailures: 3,
  firstDelayMs: 1_000,
  maxDelayMs: 60_000,
  streakLifeMs: 3_600_000,
  addressAttempts: 100,
  addressWindowMs: 60_000,
};

/** A try of a client at the code of a person. */
export interface UserCodeTry {
  sub: string;
  clientId: string;
  clientAddress: string;
}

interface UserCodesOptions {
  db: Queryable;
  writer: Queryable;
  redis: RedisClient;
  keyspace: Keyspace;
  now: Clock;
  concurrency: number;
}

export type UserCodes = ReturnType<typeof createUserCodes>;

/** The spelling that is hashed; undefined for a text that cannot be a code: control characters, or too short or long. */
export function readUserCode(typed: string): string | undefined {
  const code = typed.normalize('NFC').trim();
  const { length } = [...code];
  const isCode = length >= userCodeLength.min && length <= userCodeLength.max && !/\p{C}/u.test(code);
  return isCode ? code : undefined;
}

export function createUserCodes({ db, writer, redis, keyspace, now, concurrency }: UserCodesOptions) {
  const tries = createAttemptCounter({ redis, keyspace, now, name: 'limit:backchannel-user-code', limits });
  const slowWork = createSemaphore({ concurrency, queueLength: 64 });
  /** A person without a code costs the same comparison. */
  const dummyHash = hashOfNothing();

  async function findHash(sub: string): Promise<string | undefined> {
    const { rows } = await db.query<{ hash: string }>({
      name: 'find_user_code',
      text: 'SELECT hash FROM auth.user_codes WHERE sub = $1',
      values: [sub],
    });
    return rows[0]?.hash;
  }

  /** @throws AppError (429) */
  async function reserve({ sub, clientId, clientAddress }: UserCodeTry) {
    try {
      return await tries.reserve({ account: sub, address: clientAddress, device: clientId });
    } catch (error) {
      if (!(error instanceof AttemptRefused)) throw error;
      throw tooManyRequests(Math.max(1, Math.ceil(error.waitMs / 1000)), {
        detail: `user_code: ${error.message}`,
      });
    }
  }

  return {
    has: async (sub: string) => (await findHash(sub)) !== undefined,

    /** Counts the try before the comparison, so that parallel tries get no more. @throws AppError (429, 503) */
    async verify(given: string, by: UserCodeTry): Promise<boolean> {
      const stored = await findHash(by.sub);
      const attempt = await reserve(by);
      const compared = stored ?? dummyHash;
      const isRight = await slowWork
        .run(() => matchesSlowHash(compared, readUserCode(given) ?? ''))
        .catch(async (error) => {
          // Not compared: too many are waiting.
          await attempt.release();
          throw error;
        });
      if (stored === undefined || !isRight) return false;
      await attempt.succeed();
      return true;
    },

    /** `code`: as readUserCode gives it. */
    async set(sub: string, code: string): Promise<void> {
      const hash = await slowWork.run(() => hashSlowly(code));
      await writer.query(
        `INSERT INTO auth.user_codes (sub, hash) VALUES ($1, $2)
         ON CONFLICT (sub) DO UPDATE SET hash = excluded.hash, updated_at = now()`,
        [sub, hash],
      );
    },

    async remove(sub: string): Promise<void> {
      await writer.query('DELETE FROM auth.user_codes WHERE sub = $1', [sub]);
    },
  };
}
