/** Authorizations of users: their codes and refresh tokens, and how a whole one ends. */
import type { Revocations } from '../revocation/revocations.ts';
import type { FamilyToken } from './family-token.ts';
import type { CodeGrant, Grant } from './grant.ts';

export type ConsumedCode =
  | { outcome: 'consumed'; grant: CodeGrant }
  /** It was redeemed before: whoever has it now, it has leaked. */
  | { outcome: 'reused' }
  | { outcome: 'unknown' };

export interface Rotation {
  presented: FamilyToken;
  next: FamilyToken;
  clientId: string;
  /** Undefined: the scope that was granted. */
  scope: string[] | undefined;
  /** What `next` was made with, see successorOf(). */
  salt: string;
  /** What the sender proved, as refreshBindingOf() says it. */
  boundTo: string;
  /** The family ends when nobody uses it for so long; undefined: as the installation says. */
  idleSeconds: number | undefined;
  /** A grant whose person was just read again; without it an older check may be answered `check`. */
  checkedGrant: Grant | undefined;
}

export type RotatedRefresh =
  | { outcome: 'rotated'; grant: Grant; scope: string[]; rotatedAtMs: number }
  /** The presented token was rotated a moment ago: here is what was answered then, and the hash of what it was rotated to. */
  | {
      outcome: 'repeated';
      grant: Grant;
      scope: string[];
      rotatedAtMs: number;
      salt: string;
      nextHash: string;
    }
  /** The person must be read again before this family gets another token. */
  | { outcome: 'check'; grant: Grant }
  | { outcome: 'reused'; grant: Grant }
  | { outcome: 'unknown' | 'revoked' | 'foreign' | 'unbound' | 'scope' };

export interface OpenedRefresh {
  endsAtMs: number;
  /** See Rotation. */
  idleSeconds: number | undefined;
  /** See refreshBindingOf(). */
  boundTo: string;
}

export interface KnownRefresh {
  grant: Grant;
  scope: string[];
  /** False: it was rotated. */
  isCurrent: boolean;
  issuedAtMs: number;
  /** When it ends unless it is used before. */
  expiresAtMs: number;
}

/** Every function rejects when Redis cannot answer; the error handlers make that a 503. */
export interface FamilyStore {
  saveCode(code: FamilyToken, grant: CodeGrant): Promise<void>;
  /** Of all who present a code, one gets it. */
  consumeCode(code: FamilyToken): Promise<ConsumedCode>;
  /** Does nothing for a family that was revoked meanwhile. */
  openRefresh(token: FamilyToken, grant: Grant, refresh: OpenedRefresh): Promise<void>;
  rotateRefresh(rotation: Rotation): Promise<RotatedRefresh>;
  /** What a refresh token belongs to, without using it up. */
  findRefresh(token: FamilyToken): Promise<KnownRefresh | undefined>;
  revokeFamily(familyId: string): Promise<void>;
}

export interface Families extends Omit<FamilyStore, 'revokeFamily'> {
  /** Its code, its refresh tokens and every access token that came from it. Safe to repeat. */
  end(familyId: string): Promise<void>;
}

export function createFamilies(store: FamilyStore, revocations: Revocations): Families {
  return {
    ...store,
    async end(familyId) {
      const isKnown = revocations.isRevoked({ familyId, issuedAtMs: 0 });
      await Promise.all([
        store.revokeFamily(familyId),
        // Whoever presents a revoked token again and again must not fill the stream.
        isKnown ? undefined : revocations.revoke({ kind: 'family', id: familyId }),
      ]);
    },
  };
}
