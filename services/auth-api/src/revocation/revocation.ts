/** Defines the kinds of revocations, and the facts of a token or session that decide which of them apply to it. */

/**
 * `sub`, `client`: the tokens of a user or client.
 * `client-rights`: the tokens of a client in which no user stands behind it.
 * `client-users`: the tokens of a client for the users of one contact centre; the id is made by usersOf().
 * `client-grant`: the tokens that a client got by one grant type; the id is made by grantAt().
 * `client-scope`: the access tokens of a client; its refresh tokens yield new ones with what the registration allows now.
 * `family`, `sid`: everything from one authorization or session.
 */
export const revocationKinds = [
  'sub',
  'client',
  'client-rights',
  'client-users',
  'client-grant',
  'client-scope',
  'family',
  'sid',
] as const;

export type RevocationKind = (typeof revocationKinds)[number];

export interface Revocation {
  kind: RevocationKind;
  id: string;
  /** The not-before: tokens of a subject or client issued up to it are revoked; a family or session is revoked as a whole. */
  atMs: number;
}

export interface Revocable {
  sub?: string | undefined;
  clientId?: string | undefined;
  /** The client, if no user stands behind the token. */
  rightsOf?: string | undefined;
  familyId?: string | undefined;
  sid?: string | undefined;
  /** The grant type that the client used. */
  grantType?: string | undefined;
  /** Contact centres of the user. */
  contactCenterIds?: readonly string[] | undefined;
  issuedAtMs: number;
  /** When the client got it, if that was later: compared with revocations of the client. */
  heldSinceMs?: number | undefined;
  /** When an access token was made. Refresh tokens have none: `client-scope` does not end them. */
  accessIssuedAtMs?: number | undefined;
  /** When the user authenticated, if that was earlier: compared with revocations of the subject. */
  authTimeMs?: number | undefined;
}

/** Names the users of a contact centre at a client; neither id contains a space. */
export function usersOf(clientId: string, contactCenterId: string): string {
  return `${clientId} ${contactCenterId}`;
}

/** Names what a client got by one grant type. */
export function grantAt(clientId: string, grantType: string): string {
  return `${clientId} ${grantType}`;
}
