/** Access tokens in Redis: one SET to issue, one GET to validate; the token itself is never stored. */
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { defineScript } from '@gatehouse/service-kit/redis/script';
import type { AccessTokenRecord, StoredAccessToken, TokenFacts } from './access-token.ts';
import { introspectionJson } from './introspection-json.ts';

export interface AccessTokenStore {
  /** @throws AppError (503) through the error handler when Redis is away. */
  save(token: string, record: AccessTokenRecord): Promise<void>;
  /** The same for an answer that is given again: what is there already stays. */
  saveOnce(token: string, record: AccessTokenRecord): Promise<void>;
  /** A token that was made from others and is removed together with any of them. */
  saveDerived(token: string, record: AccessTokenRecord, parents: readonly string[]): Promise<void>;
  /** The same for refresh tokens that were made from others. */
  noteDerivedFamily(family: DerivedFamily, parents: readonly string[]): Promise<void>;
  find(token: string): Promise<StoredAccessToken | undefined>;
  /** With every access token that was made from it, and from those; the families that were are returned. */
  remove(token: string): Promise<string[]>;
}

export interface DerivedFamily {
  familyId: string;
  issuedAtMs: number;
  endsAtMs: number;
}

/** No token of ours is longer; longer texts are not even hashed. */
const longestToken = 4096;

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
): AccessTokenStore {
  const keyOf = (token: string) => keyspace.key('access', sha256(token));
  const derivedKeyOf = (digest: string) => keyspace.key('derived', digest);

  /** The token first: whoever is making another one of it looks for it again after noting that. */
  async function removeByDigest(digest: string): Promise<string[]> {
    await redis.del(keyspace.key('access', digest));
    const derived = await redis.zrange(derivedKeyOf(digest), 0, '-1');
    if (derived.length === 0) return [];
    const [families, digests] = [derived.filter(isFamily), derived.filter((name) => !isFamily(name))];
    const further = await Promise.all(digests.map(removeByDigest));
    await redis.del(derivedKeyOf(digest));
    return [...families.map((name) => name.slice(familyMark.length)), ...further.flat()];
  }

  async function note(
    name: string,
    { issuedAtMs, endsAtMs }: Omit<DerivedFamily, 'familyId'>,
    parents: readonly string[],
  ): Promise<void> {
    await Promise.all(
      parents.map((parent) =>
        noteDerived.run(redis, [derivedKeyOf(sha256(parent))], [name, endsAtMs, issuedAtMs]),
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

    async find(token) {
      if (token.length > longestToken) return undefined;
      const value = await redis.get(keyOf(token));
      return value === null ? undefined : parse(value);
    },

    async remove(token) {
      return token.length > longestToken ? [] : removeByDigest(sha256(token));
    },
  };
}

/** Tells the name of a family from a digest, which has no colon. */
const familyMark = 'family:';

function isFamily(name: string): boolean {
  return name.startsWith(familyMark);
}

function remainingMs(record: AccessTokenRecord): number {
  return Math.max(1, record.expiresAtMs - record.issuedAtMs);
}

/** Three lines of JSON, which never holds a line end itself: facts, introspection answer, whole record. */
function serialize(record: AccessTokenRecord, issuer: string): string {
  const facts: TokenFacts = {
    clientId: record.clientId,
    ...(record.familyId === undefined ? {} : { familyId: record.familyId }),
    ...(record.sub === undefined ? {} : { sub: record.sub }),
    ...(record.session === undefined
      ? {}
      : { sid: record.session.sid, authTimeMs: record.session.authTimeMs }),
    ...(record.restsOn === undefined ? {} : { restsOn: record.restsOn }),
    authorizedAtMs: record.authorizedAtMs,
    expiresAtMs: record.expiresAtMs,
    audience: record.audience,
    contactCenterIds: record.contactCenterIds,
    ...(record.cnf === undefined ? {} : { cnf: record.cnf }),
  };
  return `${JSON.stringify(facts)}\n${introspectionJson(record, issuer)}\n${JSON.stringify(record)}`;
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
