/** Issues access tokens, finds those that are valid, and revokes them. Redis stores opaque tokens, and the context of short JWTs. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, randomUuid, sha256, uuidOf } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { Revocable } from '../records/revocation/revocation.ts';
import type { Revocations } from '../records/revocation/revocations.ts';
import type { Client } from '../registry/clients/client.ts';
import {
  type AccessTokenRecord,
  isJwt,
  parseStored,
  type StoredAccessToken,
  serializeRecord,
  type TokenFacts,
} from './access-token.ts';
import type { DerivedTokens } from './derived-tokens.ts';
import {
  type JwtAccessTokens,
  type JwtFormat,
  keptContextOf,
  maxAccessTokenLength,
  newTokenId,
  tokenIdOf,
} from './jwt-access-token.ts';

export interface AccessTokensOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  issuer: string;
  jwts: JwtAccessTokens;
  derivedTokens: DerivedTokens;
  revocations: Pick<Revocations, 'isRevoked' | 'revokeAll' | 'untilFresh'>;
  now: Clock;
  /** Whether a mark is that of the operator account that is configured now. */
  isCurrentOperator(mark: string): boolean;
  /** Compat: opaque tokens are UUIDs, as existing resource servers expect; a client may be registered otherwise. */
  uuidTokens: boolean;
}

type TokenFormat = Pick<Client, 'accessTokenFormat' | 'uuidAccessTokens'> & JwtFormat;
type DerivedTokenFormat = TokenFormat & Pick<Client, 'shortExchangedTokens'>;

/** The token that follows a rotation: the same random bits make the same token when the answer is repeated. */
export interface SuccessorRandom {
  random: Buffer;
  isRepeated: boolean;
}

export type AccessTokens = ReturnType<typeof createAccessTokens>;

export function createAccessTokens(options: AccessTokensOptions) {
  const { redis, keyspace, issuer, jwts, derivedTokens, revocations, now, uuidTokens, isCurrentOperator } =
    options;
  // The token itself is never stored.
  const keyOf = (digest: string) => keyspace.key('access', digest);

  function newOpaqueToken({ uuidAccessTokens = uuidTokens }: TokenFormat, random?: Buffer): string {
    if (random === undefined) return uuidAccessTokens ? randomUuid() : randomToken();
    return uuidAccessTokens ? uuidOf(random) : random.toString('base64url');
  }

  /** @throws AppError (503) through the error handler if Redis does not answer */
  async function save(token: string, record: AccessTokenRecord, isRepeated = false): Promise<void> {
    const lifeMs = Math.max(1, record.expiresAtMs - record.issuedAtMs);
    const text = serializeRecord(record, issuer);
    // NX: a repeated answer must not extend the life of the token that it repeats.
    await (isRepeated
      ? redis.set(keyOf(sha256(token)), text, 'PX', lifeMs, 'NX')
      : redis.set(keyOf(sha256(token)), text, 'PX', lifeMs));
  }

  async function findStored(token: string): Promise<(StoredAccessToken & { tokenId: string }) | undefined> {
    if (token.length > maxAccessTokenLength) return undefined;
    if (!isJwt(token)) {
      const tokenId = sha256(token);
      const text = await redis.get(keyOf(tokenId));
      return text === null ? undefined : { ...parseStored(text), tokenId };
    }
    const read = await jwts.read(token);
    const jti = read?.facts.jti;
    return read === undefined || jti === undefined ? undefined : { ...read, tokenId: jti };
  }

  function isRevoked(facts: TokenFacts, tokenId: string): boolean {
    const { contactCenterIds, restsOn = [], operatorMark, sub: user } = facts;
    if (operatorMark !== undefined && !isCurrentOperator(operatorMark)) return true;
    if (revocations.isRevoked({ ...revocableOf(facts), tokenId })) return true;
    return restsOn.some((parent) => revocations.isRevoked({ ...parent, contactCenterIds, user }));
  }

  return {
    /** Issues a token in the format of the client: one SET for an opaque one, none for a JWT. */
    async issue(client: TokenFormat, record: AccessTokenRecord, successor?: SuccessorRandom) {
      const { issuedAtMs } = record;
      if (client.accessTokenFormat === 'jwt') {
        const jti = successor ? tokenIdOf(issuedAtMs, successor.random) : newTokenId(issuedAtMs);
        return jwts.sign(jti, record, client);
      }
      const token = newOpaqueToken(client, successor?.random);
      await save(token, record, successor?.isRepeated);
      return token;
    },

    /** Issues a token that is revoked together with any of those that it was derived from. */
    async issueDerived(client: DerivedTokenFormat, record: AccessTokenRecord, parents: readonly string[]) {
      if (client.accessTokenFormat === 'jwt') {
        const { shortExchangedTokens: isShort } = client;
        const jti = newTokenId(record.issuedAtMs);
        const token = await jwts.sign(jti, record, client, isShort);
        await Promise.all([
          derivedTokens.recordJwt(jti, record, parents),
          isShort ? derivedTokens.keepContext(jti, record, keptContextOf(record)) : undefined,
        ]);
        return token;
      }
      const token = newOpaqueToken(client);
      await Promise.all([save(token, record), derivedTokens.recordOpaque(token, record, parents)]);
      return token;
    },

    /** A token that may be used right now: known, not expired, not revoked. @throws AppError (503) */
    async find(token: string): Promise<StoredAccessToken | undefined> {
      const stored = await findStored(token);
      if (stored === undefined || stored.facts.expiresAtMs <= now()) return undefined;
      await revocations.untilFresh();
      return isRevoked(stored.facts, stored.tokenId) ? undefined : stored;
    },

    /** The facts of a token that this client may revoke; undefined if it is none. */
    async findOwn(token: string, clientId: string): Promise<TokenFacts | undefined> {
      const facts = (await findStored(token))?.facts;
      return facts?.clientId === clientId && facts.expiresAtMs > now() ? facts : undefined;
    },

    /** Ends a token that was found, and everything that was derived from it. */
    async end(token: string, { jti, expiresAtMs }: TokenFacts): Promise<void> {
      const { tokenIds, familyIds } = await (jti === undefined
        ? derivedTokens.removeOpaque(token)
        : derivedTokens.endJwt(jti, expiresAtMs));
      await revocations.revokeAll([
        ...tokenIds.map((id) => ({ kind: 'token' as const, id })),
        ...familyIds.map((id) => ({ kind: 'family' as const, id })),
      ]);
    },
  };
}

function revocableOf({ authorizedAtMs, issuedAtMs = authorizedAtMs, ...facts }: TokenFacts): Revocable {
  return {
    sub: facts.sub,
    clientId: facts.clientId,
    rightsOf: facts.sub === undefined ? facts.clientId : undefined,
    grantType: facts.grantType,
    audience: facts.audience,
    familyId: facts.familyId,
    sid: facts.sid,
    contactCenterIds: facts.contactCenterIds,
    environmentId: facts.environmentId,
    entry: facts.entry,
    issuedAtMs: authorizedAtMs,
    heldSinceMs: facts.heldSinceMs,
    accessIssuedAtMs: issuedAtMs,
    authTimeMs: facts.authTimeMs,
  };
}
