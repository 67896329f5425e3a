/** Converts access tokens to JWTs that another service redeems once, within a minute, by the jwt-bearer grant (compat: token convert). */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { Signer } from '../../../keys/signing-keys/signer.ts';
import { openForBearer, sealForBearer } from './bearer-seal.ts';
import type { SubjectRecord } from './policy.ts';

export type ConvertedTokens = ReturnType<typeof createConvertedTokens>;

export interface ConvertedTokensOptions {
  issuer: string;
  signer: Signer;
  redis: RedisClient;
  keyspace: Keyspace;
  now: Clock;
}

/** Explicit typing (RFC 8725 section 3.11), with the name that draft-ietf-oauth-rfc7523bis gives such JWTs. */
const jwtKind = { typ: 'authorization-grant+jwt' };
const maxLifeMs = 60_000;

/**
 * Redis stores the access token encrypted under the `jti` of the JWT, and returns it once on all replicas. The
 * redeemed token inherits everything from the access token.
 */
export function createConvertedTokens(options: ConvertedTokensOptions) {
  const { issuer, signer, redis, keyspace, now } = options;
  const keyOf = (jti: string) => keyspace.key('converted', sha256(jti));
  const sealOf = (jti: string) => ({
    secret: jti,
    salt: 'converted',
    purpose: 'gatehouse converted token',
    context: issuer,
  });

  return {
    async make(token: string, record: SubjectRecord): Promise<string> {
      const jti = randomToken();
      const issuedAtMs = now();
      const expiresAtMs = Math.min(record.expiresAtMs, issuedAtMs + maxLifeMs);
      const { identity, clientId, scope, act } = record;
      const claims = {
        iss: issuer,
        aud: issuer,
        sub: identity.sub,
        client_id: clientId,
        user_name: identity.username,
        contact_center_id: identity.contactCenterId,
        environment_id: identity.environmentId,
        scope: scope.join(' '),
        act,
        iat: Math.floor(issuedAtMs / 1000),
        exp: Math.floor(expiresAtMs / 1000),
        jti,
      };
      const sealed = sealForBearer(token, sealOf(jti));
      const [jwt] = await Promise.all([
        signer.sign(claims, jwtKind),
        redis.set(keyOf(jti), sealed, 'PX', Math.max(1, expiresAtMs - issuedAtMs)),
      ]);
      return jwt;
    },

    /** The access token behind the JWT, for the first request; undefined for any other text. */
    async redeem(jwt: string): Promise<string | undefined> {
      const claims = await signer.recognize(jwt, jwtKind);
      if (claims?.aud !== issuer || typeof claims.jti !== 'string') return undefined;
      if ((claims.exp ?? 0) * 1000 <= now()) return undefined;
      const sealed = await redis.getdel(keyOf(claims.jti));
      return sealed === null ? undefined : openForBearer(sealed, sealOf(claims.jti));
    },
  };
}
