/** What a user has authorized: stored with a code, then with the refresh tokens of the same family. */

import type { RequestedClaims } from '../protocol/claims-parameter.ts';
import type { CutOffs } from '../revocation/cut-offs.ts';
import type { UserIdentity } from '../users/identity.ts';
import type { Lineage } from './lineage.ts';
import type { SessionReference } from './session-reference.ts';

/** Plain JSON. */
export interface Grant extends Lineage {
  familyId: string;
  clientId: string;
  grantType: string;
  scope: string[];
  audience: string[];
  identity: UserIdentity;
  session?: SessionReference;
  nonce?: string;
  claims?: RequestedClaims;
  /** When this authorization was given; without a session also when the user proved who they are. */
  authorizedAtMs: number;
  /** Nothing that comes from it lives longer; absent: as long as the client's registration says. */
  endsAtMs?: number;
}

/** A grant that waits for its code to be redeemed. */
export interface CodeGrant extends Grant {
  redirectUri: string;
  redirectUriGiven: boolean;
  codeChallenge?: string;
  /** Thumbprint of the key that must prove itself when the code is redeemed (RFC 9449 section 10). */
  dpopJkt?: string;
}

/** Whether the family, user, session or client behind a grant, or anything it was made from, was cut off since. */
export function isGrantCut(grant: Grant, cutOffs: CutOffs): boolean {
  const { familyId, clientId, grantType, session, restsOn = [] } = grant;
  const contactCenterIds = [grant.identity.contactCenterId];
  const own = {
    sub: grant.identity.sub,
    clientId,
    grantType,
    familyId,
    sid: session?.sid,
    issuedAtMs: grant.authorizedAtMs,
    heldSinceMs: grant.heldSinceMs,
    authTimeMs: session?.authTimeMs,
  };
  return [own, ...restsOn].some((subject) => cutOffs.isCut({ ...subject, contactCenterIds }));
}

/** The same for its refresh tokens, which also end when their client may not renew any more, for good. */
export function isRefreshCut(grant: Grant, cutOffs: CutOffs): boolean {
  return isGrantCut(grant, cutOffs) || isGrantCut({ ...grant, grantType: 'refresh_token' }, cutOffs);
}
