/** Defines the kinds of revocations, and the facts of a token or session that decide which of them apply to it. */

/**
 * `sub`, `client`: the tokens of a user or client; a user's in every contact centre, as for what the directory says.
 * `person`: the tokens of a user in one contact centre; the id is made by personAt().
 * `client-rights`: the tokens of a client in which no user stands behind it.
 * `client-users`: the tokens of a client for the users of one contact centre; the id is made by usersOf().
 * `client-user`: the tokens of a client for one user, and what was made from them; the release before wrote it, its id is made by userAt().
 * `client-person`: the same for a user in one contact centre; the id is made by personAtClient().
 * `client-grant`: the tokens that a client got by one grant type; the id is made by grantAt().
 * `client-audience`: the tokens that others hold for a client which was deleted: the next owner of its id must not get them.
 * `client-scope`: the access tokens of a client; its refresh tokens yield new ones with what the registration allows now.
 * `family`, `sid`: everything from one authorization or session.
 * `token`: one access token, by its digest, or by the `jti` of a JWT.
 * `contact-center`, `environment`: what belongs to it; the id `allContactCenters` stands for all.
 * `domain`, `sign-on`: what came in that way; the ids are made by domainAt() and signOnAt().
 */
export const revocationKinds = [
  'sub',
  'person',
  'client',
  'client-rights',
  'client-users',
  'client-user',
  'client-person',
  'client-grant',
  'client-audience',
  'client-scope',
  'family',
  'sid',
  'token',
  'contact-center',
  'environment',
  'domain',
  'sign-on',
] as const;

export type RevocationKind = (typeof revocationKinds)[number];

/** Kinds whose revocations count whenever the token was issued. */
export type WholeKind = 'family' | 'sid' | 'token';

export function revokesWhole(kind: RevocationKind): kind is WholeKind {
  return kind === 'family' || kind === 'sid' || kind === 'token';
}

/** How a user came in. */
export interface Entry {
  /** The tenant name of the login, folded. */
  domain?: string | undefined;
  /** Protocol and location of the single sign-on settings, as `saml /USW1`. */
  signOn?: string | undefined;
  /** How the person proved who they are; contracts/auth-api/way-of-sign-in has the texts. Absent: not known. */
  way?: string | undefined;
}

/** False for a kind of a later version, which this one cannot apply. */
export function isKnownKind(kind: string): kind is RevocationKind {
  return (revocationKinds as readonly string[]).includes(kind);
}

/** Read at once. The garbage of a page must fit into the young generation: a start reads a hundred thousand from each store. */
export const pageSize = 1000;

export interface Revocation {
  kind: RevocationKind;
  id: string;
  /** The not-before: tokens of a subject or client issued up to it are revoked; a family, session or single token is revoked as a whole. */
  atMs: number;
}

/**
 * A not-before counts up to a day after a store took it. A release before took it from the clock of the machine, and one that ran ahead
 * for months would keep people out for months. A day is more than any wrong time zone.
 */
export const maxAheadMs = 86_400_000;

/** A token of a clock that ran ahead further than a day has a later time than the not-before that counts: it is refused by itself. */
const maxIssuedAheadMs = 3_600_000;

/** `takenAtMs`: by the clock of the store that has it. */
export function countedSince(revocation: Revocation, takenAtMs: number): Revocation {
  const atMs = Math.min(revocation.atMs, takenAtMs + maxAheadMs);
  return atMs === revocation.atMs ? revocation : { ...revocation, atMs };
}

export interface Revocable {
  sub?: string | undefined;
  clientId?: string | undefined;
  /** The user behind a token that another one was made from; absent: `sub`. */
  user?: string | undefined;
  /** The client, if no user stands behind the token. */
  rightsOf?: string | undefined;
  familyId?: string | undefined;
  sid?: string | undefined;
  /** Of an access token: see the kind `token`. */
  tokenId?: string | undefined;
  /** The grant type that the client used. */
  grantType?: string | undefined;
  /** Client ids that the token is meant for. */
  audience?: readonly string[] | undefined;
  /** Contact centres of the user, or of a client's own token. */
  contactCenterIds?: readonly string[] | undefined;
  /** Of the user. */
  environmentId?: string | undefined;
  /** Of the user. */
  entry?: Entry | undefined;
  issuedAtMs: number;
  /** When the client got it, if that was later: compared with revocations of the client. */
  heldSinceMs?: number | undefined;
  /** When an access token was made. Refresh tokens have none: `client-scope` does not end them. */
  accessIssuedAtMs?: number | undefined;
  /** When the user authenticated, if that was earlier: compared with revocations of the subject and of its contact centre. */
  authTimeMs?: number | undefined;
}

/** Whether it says that it was issued in the future: no revocation that counts would reach it. */
export function isOfFuture(
  { issuedAtMs, heldSinceMs = issuedAtMs, accessIssuedAtMs = issuedAtMs }: Revocable,
  nowMs: number,
): boolean {
  return Math.max(issuedAtMs, heldSinceMs, accessIssuedAtMs) > nowMs + maxIssuedAheadMs;
}

/** Names the users of a contact centre at a client; neither id contains a space. */
export function usersOf(clientId: string, contactCenterId: string): string {
  return `${clientId} ${contactCenterId}`;
}

/** Names one user at a client. */
export function userAt(clientId: string, sub: string): string {
  return `${clientId} ${sub}`;
}

/**
 * Names a person. Contact centres may share an environment and with it a `sub`, so what is stored about a person is stored
 * for both together. An identity is such a key.
 */
export interface PersonKey {
  contactCenterId: string;
  sub: string;
}

/** Everybody whom any contact centre knows by this `sub`: for administrators of the installation alone. */
export interface Everywhere {
  everywhere: string;
}

/** A person as one text; neither part contains a space. */
export function personAt({ contactCenterId, sub }: PersonKey): string {
  return `${contactCenterId} ${sub}`;
}

export function isSamePerson(one: PersonKey, other: PersonKey): boolean {
  return one.sub === other.sub && one.contactCenterId === other.contactCenterId;
}

/** Names one person at a client. */
export function personAtClient(clientId: string, person: PersonKey): string {
  return `${clientId} ${personAt(person)}`;
}

/** Names what a client got by one grant type. */
export function grantAt(clientId: string, grantType: string): string {
  return `${clientId} ${grantType}`;
}

/** Whether the end of a contact centre or environment could end it; the tokens of our own services belong to none. */
export function belongsToPlace({ contactCenterIds = [], environmentId }: Revocable): boolean {
  return contactCenterIds.length > 0 || environmentId !== undefined;
}

/** It is not known which contact centres have ended. Tokens that belong to none, as those of our own services, go on. */
export const allContactCenters = '*';

/** A contact centre may still be switched off when the last of its tokens has expired. There are few. */
export function isEndless({ kind, id }: Pick<Revocation, 'kind' | 'id'>): boolean {
  return kind === 'contact-center' && id !== allContactCenters;
}

/**
 * Names those who came in to a contact centre by a domain. Without one: those of whom it is not known, who end with every
 * domain.
 */
export function domainAt(contactCenterId: string, domain = ''): string {
  return `${contactCenterId} ${domain}`;
}

/**
 * Names those who came in to a contact centre by one setting of single sign-on. The empty text: those of whom it is not
 * known, who end with every setting that counts here.
 */
export function signOnAt(contactCenterId: string, signOn: string): string {
  return `${contactCenterId} ${signOn}`;
}
