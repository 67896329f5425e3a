/** Defines what a user has authorized. It is stored with a code, then with the refresh tokens of the same family. */

import type { ContextNames } from '../core/protocol/authentication-context.ts';
import type { AuthorizationDetail } from '../core/protocol/authorization-details.ts';
import type { RequestedClaims } from '../core/protocol/claims-parameter.ts';
import type { UserIdentity } from '../people/identity/identity.ts';
import type { Revocations } from '../records/revocation/revocations.ts';
import type { Lineage } from './lineage.ts';
import type { SessionReference } from './session-reference.ts';

/** Plain JSON. */
export interface Grant extends Lineage {
  familyId: string;
  clientId: string;
  grantType: string;
  scope: string[];
  /** The APIs that were asked for; none: those of the client's registration. */
  audience: string[];
  identity: UserIdentity;
  session?: SessionReference | undefined;
  nonce?: string | undefined;
  /** How `acr` calls the level of the sign-in. */
  acrNames?: ContextNames | undefined;
  claims?: RequestedClaims | undefined;
  /** RFC 9396 */
  details?: AuthorizationDetail[] | undefined;
  /** When this authorization was given; without a session also when the user authenticated. */
  authorizedAtMs: number;
  /** Maximum end of every token that comes from it; absent: only the client's registration limits them. */
  endsAtMs?: number | undefined;
}

/** A grant that waits for its code to be redeemed. */
export interface CodeGrant extends Grant {
  redirectUri: string;
  redirectUriGiven: boolean;
  codeChallenge?: string;
  /** Thumbprint of the key that must prove itself when the code is redeemed (RFC 9449 section 10). */
  dpopJkt?: string;
}

/** Whether the family, user, session or client behind a grant, or anything that it was derived from, was revoked since. */
export function isGrantRevoked(grant: Grant, revocations: Revocations): boolean {
  const { familyId, clientId, grantType, audience, session, restsOn = [] } = grant;
  const contactCenterIds = [grant.identity.contactCenterId];
  const own = {
    sub: grant.identity.sub,
    environmentId: grant.identity.environmentId,
    entry: grant.identity.entry,
    clientId,
    grantType,
    audience,
    familyId,
    sid: session?.sid,
    issuedAtMs: grant.authorizedAtMs,
    heldSinceMs: grant.heldSinceMs,
    authTimeMs: session?.authTimeMs,
  };
  const user = grant.identity.sub;
  return [own, ...restsOn].some((subject) => revocations.isRevoked({ ...subject, contactCenterIds, user }));
}

/** As isGrantRevoked, for its refresh tokens: they also end when the client loses the grant type refresh_token. */
export function isRefreshRevoked(grant: Grant, revocations: Revocations): boolean {
  return (
    isGrantRevoked(grant, revocations) ||
    isGrantRevoked({ ...grant, grantType: 'refresh_token' }, revocations)
  );
}
