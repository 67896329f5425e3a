/** Finds access tokens that are known, not expired and not revoked. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Revocable } from '../revocation/revocation.ts';
import type { Revocations } from '../revocation/revocations.ts';
import type { StoredAccessToken, TokenFacts } from './access-token.ts';
import type { AccessTokenStore } from './access-token-store.ts';
import { isJwt, type JwtAccessTokens, longestAccessToken } from './jwt-access-token.ts';

export interface AccessTokens {
  /** A token that may be used right now. @throws AppError (503) when nobody can tell. */
  find(token: string): Promise<StoredAccessToken | undefined>;
  /** What a token is that this client may end; undefined when it is none. */
  findOwn(token: string, clientId: string): Promise<TokenFacts | undefined>;
  /** Ends a token that was found, and what was made from it. */
  end(token: string, facts: TokenFacts): Promise<void>;
}

export interface AccessTokensOptions {
  store: AccessTokenStore;
  jwts: JwtAccessTokens;
  revocations: Revocations;
  now: Clock;
}

export function createAccessTokens({ store, jwts, revocations, now }: AccessTokensOptions): AccessTokens {
  async function findJwt(token: string): Promise<StoredAccessToken | undefined> {
    const read = token.length > longestAccessToken ? undefined : await jwts.read(token);
    const jti = read?.facts.jti;
    return jti === undefined || (await store.hasJwtEnded(jti)) ? undefined : read;
  }

  const findStored = (token: string) => (isJwt(token) ? findJwt(token) : store.find(token));

  return {
    async find(token) {
      const stored = await findStored(token);
      if (stored === undefined || stored.facts.expiresAtMs <= now()) return undefined;
      await revocations.untilFresh();
      return isRevoked(stored.facts, revocations) ? undefined : stored;
    },
    async findOwn(token, clientId) {
      const facts = (await findStored(token))?.facts;
      return facts?.clientId === clientId && facts.expiresAtMs > now() ? facts : undefined;
    },
    async end(token, { jti, expiresAtMs }) {
      const families = await (jti === undefined ? store.remove(token) : store.endJwt(jti, expiresAtMs));
      await Promise.all(families.map((id) => revocations.revoke({ kind: 'family', id })));
    },
  };
}

function isRevoked(facts: TokenFacts, revocations: Revocations): boolean {
  const { contactCenterIds, restsOn } = facts;
  if (revocations.isRevoked(subjectOf(facts))) return true;
  return restsOn?.some((subject) => revocations.isRevoked({ ...subject, contactCenterIds })) ?? false;
}

function subjectOf({ authorizedAtMs, issuedAtMs = authorizedAtMs, ...facts }: TokenFacts): Revocable {
  return {
    sub: facts.sub,
    clientId: facts.clientId,
    rightsOf: facts.sub === undefined ? facts.clientId : undefined,
    grantType: facts.grantType,
    familyId: facts.familyId,
    sid: facts.sid,
    contactCenterIds: facts.contactCenterIds,
    issuedAtMs: authorizedAtMs,
    heldSinceMs: facts.heldSinceMs,
    accessIssuedAtMs: issuedAtMs,
    authTimeMs: facts.authTimeMs,
  };
}
