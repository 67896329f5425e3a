/** What a user has authorized: stored with a code, then with the refresh tokens of the same family. */
import type { UserIdentity } from '../users/identity.ts';
import type { CutOffs } from './cut-offs.ts';
import type { SessionReference } from './session-reference.ts';

/** Names of claims about the user that a client asked for beyond its scope (OpenID Connect Core section 5.5). */
export interface RequestedClaims {
  userinfo: string[];
  idToken: string[];
}

/** Plain JSON. */
export interface Grant {
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
}

/** A grant that waits for its code to be redeemed. */
export interface CodeGrant extends Grant {
  redirectUri: string;
  redirectUriGiven: boolean;
  codeChallenge?: string;
}

/** Whether the user, session or client behind a grant was cut off since. A revoked family has no code or refresh token left. */
export function isGrantCut(grant: Grant, cutOffs: CutOffs): boolean {
  return cutOffs.isCut({
    sub: grant.identity.sub,
    clientId: grant.clientId,
    sid: grant.session?.sid,
    issuedAtMs: grant.authorizedAtMs,
    authTimeMs: grant.session?.authTimeMs,
  });
}
