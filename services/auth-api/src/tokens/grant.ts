/** What a user has authorized: stored with a code, then with the refresh tokens of the same family. */
import type { UserIdentity } from '../users/identity.ts';
import type { SessionReference } from './session-reference.ts';

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
  /** When the user proved who they are; cut-offs and `auth_time` go by it. */
  authorizedAtMs: number;
}

/** A grant that waits for its code to be redeemed. */
export interface CodeGrant extends Grant {
  redirectUri: string;
  redirectUriGiven: boolean;
  codeChallenge?: string;
  issuedAtMs: number;
}
