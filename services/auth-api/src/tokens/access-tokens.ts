/** Judges access tokens: known, unexpired and not cut off, or nothing. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { AccessTokenStore, StoredAccessToken } from './access-token-store.ts';
import type { CutOffs } from './cut-offs.ts';

export interface AccessTokens {
  /** A token that may be used right now. @throws AppError (503) when nobody can tell. */
  find(token: string): Promise<StoredAccessToken | undefined>;
}

export function createAccessTokens(store: AccessTokenStore, cutOffs: CutOffs, now: Clock): AccessTokens {
  return {
    async find(token) {
      const stored = await store.find(token);
      if (stored === undefined) return undefined;
      const { facts } = stored;
      if (facts.expiresAtMs <= now()) return undefined;
      cutOffs.assertFresh();
      const isCut = cutOffs.isCut({
        sub: facts.sub,
        clientId: facts.clientId,
        familyId: facts.familyId,
        sid: facts.sid,
        issuedAtMs: facts.authorizedAtMs,
      });
      return isCut ? undefined : stored;
    },
  };
}
