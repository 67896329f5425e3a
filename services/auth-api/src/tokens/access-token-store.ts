/** Access tokens in Redis: one SET to issue, one GET to validate; the token itself is never stored. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { defineScript } from '@gatehouse/service-kit/redis/script';
import { unprovedClaims } from '../assertions/verify-jwt.ts';
import { type AccessTokenRecord, factsOf, type StoredAccessToken, type TokenFacts } from './access-token.ts';
import { introspectionAnswer } from './introspection-json.ts';
import { isJwt, longestAccessToken } from './jwt-access-token.ts';

export interface AccessTokenStore {
  /** @throws AppError (503) through the error handler when Redis is away. */
  save(token: string, record: AccessTokenRecord): Promise<void>;
  /** The same for an answer that is given again: what is there already stays. */
  saveOnce(token: string, record: AccessTokenRecord): Promise<void>;
  /** A token that was made from others and is removed together with any of them. */
  saveDerived(token: string, record: AccessTokenRecord, parents: readonly string[]): Promise<void>;
  /** The same for a JWT, of which nothing else is kept. */
  noteDerivedJwt(jti: string, record: AccessTokenRecord, parents: readonly string[]): Promise<void>;
  /** The same for refresh tokens that were made from others. */
  noteDerivedFamily(family: DerivedFamily, parents: readonly string[]): Promise<void>;
  find(token: string): Promise<StoredAccessToken | undefined>;
  /** With every access token that was made from it, and from those; the families that were are returned. */
  remove(token: string): Promise<string[]>;
  /** A JWT cannot be removed: it is noted until it expires by itself. Returns the same. */
  endJwt(jti: string, expiresAtMs: number): Promise<string[]>;
  hasJwtEnded(jti: string): Promise<boolean>;
}

export interface DerivedFamily {
  familyId: string;
  issuedAtMs: number;
  endsAtMs: number;
}

/**
 * Notes a token at one that it was made from, and forgets those that expired by themselves.
 * KEYS: derived. ARGV: digest of the new token or name of its family, its end (ms), now (ms).
 */
const noteDerived = defineScript(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
local latest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], latest[2])
return 1
`);

export function createAccessTokenStore(
  redis: RedisClient,
  keyspace: Keyspace,
  issuer: string,
  now: Clock,
): AccessTokenStore {
  const keyOf = (token: string) => keyspace.key('access', sha256(token));
  const derivedKeyOf = (digest: string) => keyspace.key('derived', digest);

  const endedKeyOf = (jti: string) => keyspace.key('ended', sha256(jti));

  /** The token first: whoever is making another one of it looks for it again after noting that. */
  async function removeByDigest(digest: string): Promise<string[]> {
    await redis.del(keyspace.key('access', digest));
    return removeDerived(digest);
  }

  async function endJwt(jti: string, expiresAtMs: number): Promise<string[]> {
    await redis.set(endedKeyOf(jti), '1', 'PX', Math.max(1, expiresAtMs - now()));
    return removeDerived(sha256(jti));
  }

  async function removeDerived(digest: string): Promise<string[]> {
    const derived = await redis.zrange(derivedKeyOf(digest), 0, '-1', 'WITHSCORES');
    if (derived.length === 0) return [];
    const families = await Promise.all(
      pairsOf(derived).map(async ([name, endsAtMs]) => {
        if (name.startsWith(familyMark)) return [name.slice(familyMark.length)];
        if (name.startsWith(jwtMark)) return endJwt(name.slice(jwtMark.length), Number(endsAtMs));
        return removeByDigest(name);
      }),
    );
    await redis.del(derivedKeyOf(digest));
    return families.flat();
  }

  async function note(
    name: string,
    { issuedAtMs, endsAtMs }: Omit<DerivedFamily, 'familyId'>,
    parents: readonly string[],
  ): Promise<void> {
    await Promise.all(
      parents.map((parent) =>
        noteDerived.run(redis, [derivedKeyOf(digestOf(parent))], [name, endsAtMs, issuedAtMs]),
      ),
    );
  }

  return {
    async save(token, record) {
      await redis.set(keyOf(token), serialize(record, issuer), 'PX', remainingMs(record));
    },

    async saveOnce(token, record) {
      await redis.set(keyOf(token), serialize(record, issuer), 'PX', remainingMs(record), 'NX');
    },

    async saveDerived(token, record, parents) {
      const { expiresAtMs: endsAtMs, issuedAtMs } = record;
      await Promise.all([
        redis.set(keyOf(token), serialize(record, issuer), 'PX', remainingMs(record)),
        note(sha256(token), { issuedAtMs, endsAtMs }, parents),
      ]);
    },

    async noteDerivedFamily({ familyId, ...life }, parents) {
      await note(`${familyMark}${familyId}`, life, parents);
    },

    async noteDerivedJwt(jti, { expiresAtMs: endsAtMs, issuedAtMs }, parents) {
      await note(`${jwtMark}${jti}`, { issuedAtMs, endsAtMs }, parents);
    },

    async find(token) {
      if (token.length > longestAccessToken) return undefined;
      const value = await redis.get(keyOf(token));
      return value === null ? undefined : parse(value);
    },

    async remove(token) {
      return token.length > longestAccessToken ? [] : removeByDigest(sha256(token));
    },

    endJwt,
    async hasJwtEnded(jti) {
      return (await redis.exists(endedKeyOf(jti))) === 1;
    },
  };
}

/** Tell names of other kinds from a digest, which has no colon. */
const familyMark = 'family:';
const jwtMark = 'jwt:';

/** One name for all the texts of a JWT: made again after an honest retry, it may have another signature. */
function digestOf(token: string): string {
  const { jti } = isJwt(token) ? unprovedClaims(token) : {};
  return sha256(typeof jti === 'string' ? jti : token);
}

/** Members of a sorted set with their scores. */
function pairsOf(reply: readonly string[]): [string, string][] {
  return reply.flatMap((name, index) => (index % 2 === 0 ? [[name, reply[index + 1] ?? '']] : [])) as [
    string,
    string,
  ][];
}

function remainingMs(record: AccessTokenRecord): number {
  return Math.max(1, record.expiresAtMs - record.issuedAtMs);
}

/** Three lines of JSON, which never holds a line end itself: facts, introspection answer, whole record. */
function serialize(record: AccessTokenRecord, issuer: string): string {
  const answer = introspectionAnswer(record, issuer);
  return `${JSON.stringify(factsOf(record))}\n${JSON.stringify(answer)}\n${JSON.stringify(record)}`;
}

function parse(value: string): StoredAccessToken {
  const first = value.indexOf('\n');
  const second = value.indexOf('\n', first + 1);
  return {
    facts: JSON.parse(value.slice(0, first)) as TokenFacts,
    introspection: value.slice(first + 1, second),
    record: () => JSON.parse(value.slice(second + 1)) as AccessTokenRecord,
  };
}
