/** Keeps the code by which a person allows clients to ask (OpenID CIBA, `user_code`): hashed slowly, and with few wrong tries. */
import { hashOfNothing, hashSlowly, matchesSlowHash } from '@gatehouse/caller-auth/credentials';
import { userCodeLength } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { tooManyRequests } from '@gatehouse/service-kit/errors';
import { AttemptRefused, createAttemptCounter, createSemaphore } from '@gatehouse/service-kit/limits';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { type PersonKey, personAt } from '../../records/revocation/revocation.ts';

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
  person: PersonKey;
  clientId: string;
  clientAddress: string;
}

interface UserCodesOptions {
  db: Queryable;
  writer: Queryable;
  /** Whether what the release before stored of the `sub` alone is this person's. */
  isAlone(person: PersonKey): Promise<boolean>;
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

export function createUserCodes(options: UserCodesOptions) {
  const { db, writer, isAlone, redis, keyspace, now, concurrency } = options;
  const tries = createAttemptCounter({ redis, keyspace, now, name: 'limit:backchannel-user-code', limits });
  const slowWork = createSemaphore({ concurrency, queueLength: 64 });
  /** A person without a code costs the same comparison. */
  const dummyHash = hashOfNothing();

  /** As what a code of the person is stored, the newest first: by the release before as the `sub`. */
  const keysOf = async (person: PersonKey) =>
    (await isAlone(person)) ? [personAt(person), person.sub] : [personAt(person)];

  async function findHash(person: PersonKey): Promise<string | undefined> {
    const { rows } = await db.query<{ hash: string }>({
      name: 'find_user_code',
      text: 'SELECT hash FROM auth.user_codes WHERE sub = ANY ($1::text[]) ORDER BY updated_at DESC LIMIT 1',
      values: [await keysOf(person)],
    });
    return rows[0]?.hash;
  }

  /** @throws AppError (429) */
  async function reserve({ person, clientId, clientAddress }: UserCodeTry) {
    try {
      return await tries.reserve({ account: personAt(person), address: clientAddress, device: clientId });
    } catch (error) {
      if (!(error instanceof AttemptRefused)) throw error;
      throw tooManyRequests(Math.max(1, Math.ceil(error.waitMs / 1000)), {
        detail: `user_code: ${error.message}`,
      });
    }
  }

  return {
    has: async (person: PersonKey) => (await findHash(person)) !== undefined,

    /** Counts the try before the comparison, so that parallel tries get no more. @throws AppError (429, 503) */
    async verify(given: string, by: UserCodeTry): Promise<boolean> {
      const stored = await findHash(by.person);
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
    async set(person: PersonKey, code: string): Promise<void> {
      const hash = await slowWork.run(() => hashSlowly(code));
      await writer.query(
        `INSERT INTO auth.user_codes (sub, hash) VALUES ($1, $2)
         ON CONFLICT (sub) DO UPDATE SET hash = excluded.hash, updated_at = now()`,
        [personAt(person), hash],
      );
    },

    /** Of a contact centre that was deleted: one that is made under its id has other people. */
    async forgetContactCenter(id: string): Promise<void> {
      await writer.query({
        name: 'delete_user_codes_of_contact_center',
        text: "DELETE FROM auth.user_codes WHERE split_part(sub, ' ', 1) = $1",
        values: [id],
      });
    },

    async remove(person: PersonKey): Promise<void> {
      await writer.query('DELETE FROM auth.user_codes WHERE sub = ANY ($1::text[])', [await keysOf(person)]);
    },
  };
}
