/** Notes in Redis which tokens were derived from which others (RFC 8693), with what the short ones leave out, and revokes them together. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import { unprovedClaims } from '../core/assertions/verify-jwt.ts';
import { type AccessTokenRecord, isJwt, type TokenContext } from './access-token.ts';

/**
 * Notes a token at one that it was derived from, and removes the notes of tokens that have expired.
 * KEYS: derived. ARGV: digest of the new token or name of its family, its end (ms), now (ms).
 */
const recordDerived = defineScript(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
local latest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(latest[2]) - tonumber(ARGV[3])))
return 1
`);

/** These names differ from digests, which contain no colon. */
const familyPrefix = 'family:';
const jwtPrefix = 'jwt:';

type Lifetime = Pick<AccessTokenRecord, 'issuedAtMs' | 'expiresAtMs'>;

export interface DerivedTokensOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  now: Clock;
}

/** The tokens that end with a token. */
export interface EndedWithToken {
  /** The token and the access tokens that were derived from it: see the kind `token` of revocations. */
  tokenIds: string[];
  familyIds: string[];
}

export type DerivedTokens = ReturnType<typeof createDerivedTokens>;

export function createDerivedTokens({ redis, keyspace, now }: DerivedTokensOptions) {
  const derivedKeyOf = (digest: string) => keyspace.key('derived', digest);
  const endedKeyOf = (jti: string) => keyspace.key('ended', sha256(jti));
  const contextKeyOf = (jti: string) => keyspace.key('context', sha256(jti));

  async function record(name: string, { issuedAtMs, expiresAtMs }: Lifetime, parents: readonly string[]) {
    await Promise.all(
      parents.map((parent) =>
        recordDerived.run(redis, [derivedKeyOf(digestOf(parent))], [name, expiresAtMs, issuedAtMs]),
      ),
    );
  }

  /** Removes the token first: an exchange notes its new token, then checks that the parent still exists. */
  async function removeByDigest(digest: string): Promise<EndedWithToken> {
    await redis.del(keyspace.key('access', digest));
    return withDerived(digest, digest);
  }

  async function endJwt(jti: string, expiresAtMs: number): Promise<EndedWithToken> {
    // Replicas of the release before look here.
    await Promise.all([
      redis.set(endedKeyOf(jti), '1', 'PX', Math.max(1, expiresAtMs - now())),
      redis.del(contextKeyOf(jti)),
    ]);
    return withDerived(jti, sha256(jti));
  }

  async function withDerived(tokenId: string, digest: string): Promise<EndedWithToken> {
    const derived = await redis.zrange(derivedKeyOf(digest), 0, '-1', 'WITHSCORES');
    if (derived.length === 0) return { tokenIds: [tokenId], familyIds: [] };
    const ended = await Promise.all(
      pairsOf(derived).map(async ([name, endsAtMs]) => {
        if (name.startsWith(familyPrefix))
          return { tokenIds: [], familyIds: [name.slice(familyPrefix.length)] };
        if (name.startsWith(jwtPrefix)) return endJwt(name.slice(jwtPrefix.length), Number(endsAtMs));
        return removeByDigest(name);
      }),
    );
    await redis.del(derivedKeyOf(digest));
    return {
      tokenIds: [tokenId, ...ended.flatMap(({ tokenIds }) => tokenIds)],
      familyIds: ended.flatMap(({ familyIds }) => familyIds),
    };
  }

  return {
    recordOpaque: (token: string, life: Lifetime, parents: readonly string[]) =>
      record(sha256(token), life, parents),

    recordJwt: (jti: string, life: Lifetime, parents: readonly string[]) =>
      record(`${jwtPrefix}${jti}`, life, parents),

    /** For refresh tokens that were derived from others. */
    recordFamily: (familyId: string, life: Lifetime, parents: readonly string[]) =>
      record(`${familyPrefix}${familyId}`, life, parents),

    /**
     * Removes an opaque access token with every access token that was derived from it, directly or not.
     * The caller must revoke what it names: Redis may lose the removal.
     */
    removeOpaque: (token: string) => removeByDigest(sha256(token)),

    /** A JWT cannot be removed: it is noted as ended until it expires. As removeOpaque. */
    endJwt,

    /** Keeps for the life of a JWT what it leaves out. */
    async keepContext(jti: string, { issuedAtMs, expiresAtMs }: Lifetime, context: TokenContext) {
      const lifeMs = Math.max(1, expiresAtMs - issuedAtMs);
      await redis.set(contextKeyOf(jti), JSON.stringify(context), 'PX', lifeMs);
    },

    async findContext(jti: string): Promise<TokenContext | undefined> {
      const text = await redis.get(contextKeyOf(jti));
      return text === null ? undefined : (JSON.parse(text) as TokenContext);
    },

    async hasJwtEnded(jti: string): Promise<boolean> {
      return (await redis.exists(endedKeyOf(jti))) === 1;
    },
  };
}

/** One name for every text of a JWT: issued again after an honest retry, it may have another signature. */
function jtiOf(token: string): string | undefined {
  const { jti } = isJwt(token) ? unprovedClaims(token) : {};
  return typeof jti === 'string' ? jti : undefined;
}

function digestOf(token: string): string {
  return sha256(jtiOf(token) ?? token);
}

/** See the kind `token` of revocations. The token was verified. */
export function tokenIdIn(token: string): string {
  return jtiOf(token) ?? sha256(token);
}

/** Members of a sorted set with their scores. */
function pairsOf(reply: readonly string[]): [string, string][] {
  return reply.flatMap((name, index) => (index % 2 === 0 ? [[name, reply[index + 1] ?? '']] : [])) as [
    string,
    string,
  ][];
}
