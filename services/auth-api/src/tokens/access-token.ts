/** The facts of an issued access token, as its record in Redis holds them. */
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint/confirmation';
import type { Revocable } from '../revocation/revocation.ts';
import type { UserIdentity } from '../users/identity.ts';
import type { Lineage } from './lineage.ts';
import type { SessionReference } from './session-reference.ts';

export interface AccessTokenRecord extends Lineage {
  clientId: string;
  grantType: string;
  scope: string[];
  /** Client ids that the token is meant for. */
  audience: string[];
  /** Authorities of the user, or of the client where there is no user. */
  authorities: string[];
  /** Contact centres that the token is bound to; empty for an internal client's own token. */
  contactCenterIds: string[];
  /** An internal client's own token, without a user. */
  internalClient: boolean;
  issuedAtMs: number;
  expiresAtMs: number;
  /** When the right behind it was given: compared with revocations, so that a token made later from it does not escape them. */
  authorizedAtMs: number;
  /** Names a user's whole authorization: revoking it ends every token that came from it. Never shown to anybody. */
  familyId?: string;
  sub?: string;
  session?: SessionReference;
  identity?: UserIdentity;
  /** Claims that UserInfo shows beyond what the scope stands for. */
  userinfoClaims?: string[];
  /** What the token is bound to: it is no use to anybody else. */
  cnf?: Confirmation;
}

/** A stored token: the facts at once, the introspection answer ready-made, the user only when somebody asks. */
export interface StoredAccessToken {
  facts: TokenFacts;
  introspection: string;
  record(): AccessTokenRecord;
}

/** What every validation looks at. */
export interface TokenFacts {
  clientId: string;
  grantType?: string | undefined;
  /** Of a JWT, which Redis knows by nothing else. */
  jti?: string | undefined;
  familyId?: string | undefined;
  sub?: string | undefined;
  sid?: string | undefined;
  /** See Lineage. */
  restsOn?: Revocable[] | undefined;
  authorizedAtMs: number;
  /** Where it is not the same. */
  issuedAtMs?: number | undefined;
  heldSinceMs?: number | undefined;
  authTimeMs?: number | undefined;
  expiresAtMs: number;
  audience: string[];
  contactCenterIds: string[];
  cnf?: Confirmation | undefined;
}

export function factsOf(record: AccessTokenRecord): TokenFacts {
  const { issuedAtMs, authorizedAtMs } = record;
  return {
    clientId: record.clientId,
    grantType: record.grantType,
    familyId: record.familyId,
    sub: record.sub,
    sid: record.session?.sid,
    authTimeMs: record.session?.authTimeMs,
    restsOn: record.restsOn,
    authorizedAtMs,
    issuedAtMs: issuedAtMs === authorizedAtMs ? undefined : issuedAtMs,
    heldSinceMs: record.heldSinceMs,
    expiresAtMs: record.expiresAtMs,
    audience: record.audience,
    contactCenterIds: record.contactCenterIds,
    cnf: record.cnf,
  };
}
