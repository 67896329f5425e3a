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
  /** A token that was made from another one and is removed together with it. */
  saveExchanged(token: string, record: AccessTokenRecord, subjectToken: string): Promise<void>;
  find(token: string): Promise<StoredAccessToken | undefined>;
  /** With every token that was exchanged for it, and for those. */
  remove(token: string): Promise<void>;
}

/** No token of ours is longer; longer texts are not even hashed. */
const longestToken = 4096;

/**
 * Notes an exchanged token at its subject token, and forgets those that expired by themselves.
 * KEYS: exchanged. ARGV: digest of the new token, its end (ms), now (ms).
 */
const noteExchanged = defineScript(`
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
  const exchangedKeyOf = (digest: string) => keyspace.key('exchanged', digest);

  /** The token first: an exchange that is under way looks for it again after it has noted its own. */
  async function removeByDigest(digest: string): Promise<void> {
    await redis.del(keyspace.key('access', digest));
    const exchanged = await redis.zrange(exchangedKeyOf(digest), 0, '-1');
    if (exchanged.length === 0) return;
    await Promise.all(exchanged.map(removeByDigest));
    await redis.del(exchangedKeyOf(digest));
  }

  return {
    async save(token, record) {
      await redis.set(keyOf(token), serialize(record, issuer), 'PX', remainingMs(record));
    },

    async saveOnce(token, record) {
      await redis.set(keyOf(token), serialize(record, issuer), 'PX', remainingMs(record), 'NX');
    },

    async saveExchanged(token, record, subjectToken) {
      const { expiresAtMs, issuedAtMs } = record;
      await Promise.all([
        redis.set(keyOf(token), serialize(record, issuer), 'PX', remainingMs(record)),
        noteExchanged.run(
          redis,
          [exchangedKeyOf(sha256(subjectToken))],
          [sha256(token), expiresAtMs, issuedAtMs],
        ),
      ]);
    },

    async find(token) {
      if (token.length > longestToken) return undefined;
      const value = await redis.get(keyOf(token));
      return value === null ? undefined : parse(value);
    },

    async remove(token) {
      if (token.length <= longestToken) await removeByDigest(sha256(token));
    },
  };
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
    ...(record.chain === undefined ? {} : { chain: record.chain }),
    authorizedAtMs: record.authorizedAtMs,
    expiresAtMs: record.expiresAtMs,
    audience: record.audience,
    contactCenterIds: record.contactCenterIds,
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
