/** Judges access tokens: known, unexpired and not cut off, or nothing. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { StoredAccessToken, TokenFacts } from './access-token.ts';
import type { AccessTokenStore } from './access-token-store.ts';
import type { CutOffs } from './cut-offs.ts';

export interface AccessTokens {
  /** A token that may be used right now. @throws AppError (503) when nobody can tell. */
  find(token: string): Promise<StoredAccessToken | undefined>;
  /** Ends one token, and what was made from it, if it was issued to this client; what it was is returned, nothing otherwise. */
  revoke(token: string, clientId: string): Promise<TokenFacts | undefined>;
}

export function createAccessTokens(store: AccessTokenStore, cutOffs: CutOffs, now: Clock): AccessTokens {
  return {
    async find(token) {
      const stored = await store.find(token);
      if (stored === undefined || stored.facts.expiresAtMs <= now()) return undefined;
      await cutOffs.untilFresh();
      return isCut(stored.facts, cutOffs) ? undefined : stored;
    },
    async revoke(token, clientId) {
      const stored = await store.find(token);
      if (stored?.facts.clientId !== clientId) return undefined;
      const families = await store.remove(token);
      await Promise.all(families.map((id) => cutOffs.raise({ kind: 'family', id })));
      return stored.facts;
    },
  };
}

function isCut(facts: TokenFacts, cutOffs: CutOffs): boolean {
  const issuedAtMs = facts.authorizedAtMs;
  const { sub, clientId, familyId, sid, authTimeMs, restsOn } = facts;
  const rightsOf = sub === undefined ? clientId : undefined;
  if (cutOffs.isCut({ sub, clientId, rightsOf, familyId, sid, issuedAtMs, authTimeMs })) return true;
  return restsOn?.some(cutOffs.isCut) ?? false;
}
