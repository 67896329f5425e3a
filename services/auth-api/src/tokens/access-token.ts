/** Defines what is stored of an access token, and derives from it what validation, introspection and the answer of the token endpoint need. */
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint';
import type { IntrospectionActive } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority, membershipClaims } from '@gatehouse/contracts/resources';
import { type ContextNames, contextOf } from '../core/protocol/authentication-context.ts';
import type { AuthorizationDetail } from '../core/protocol/authorization-details.ts';
import { type MembershipClaim, membershipOf } from '../core/protocol/user-claims.ts';
import type { Admitted } from '../people/accounts/admission.ts';
import type { UserIdentity } from '../people/identity/identity.ts';
import type { Entry, Revocable } from '../records/revocation/revocation.ts';
import type { Client } from '../registry/clients/client.ts';
import type { Lineage } from './lineage.ts';
import { type SessionReference, seenAtMsOf } from './session-reference.ts';

/** The facts that a token keeps of the operator who signed in by a link. */
export interface LinkedOperator {
  /** Name of the operator account. */
  account: string;
  /** Correlation id of the request that made the link. */
  linkRequest: string;
  /** Stands for name and password of the account: see `operator-tokens.ts`. */
  mark: string;
}

export interface AccessTokenRecord extends Lineage {
  clientId: string;
  grantType: string;
  scope: string[];
  /** The APIs that the token is meant for, by client id or address; none: our own APIs. */
  audience: string[];
  /** Authorities of the user, or of the client if there is no user. */
  authorities: string[];
  /** Contact centres that the token is bound to; empty for an internal client's own token. */
  contactCenterIds: string[];
  /** An internal client's own token, without a user. */
  internalClient: boolean;
  issuedAtMs: number;
  expiresAtMs: number;
  /** When the right behind it was given: compared with revocations, so that a token made later from it does not escape them. */
  authorizedAtMs: number;
  /** Names a user's whole authorization: revoking it ends every token that came from it. Never sent to a client. */
  familyId?: string | undefined;
  sub?: string | undefined;
  session?: SessionReference | undefined;
  /** How surely the user proved who they are, when the token was issued (RFC 9470 section 6). Absent in tokens of the release before. */
  acr?: string | undefined;
  amr?: string[] | undefined;
  identity?: UserIdentity | undefined;
  /** The operator who signed in to the console by a link: `sub` names the account, and there is no identity. */
  operator?: LinkedOperator | undefined;
  /** Claims that UserInfo shows beyond those of the scope. */
  userinfoClaims?: string[] | undefined;
  /** Flat lists that the token and its introspection contain. */
  membership?: MembershipClaim[] | undefined;
  /** RFC 9396 */
  details?: AuthorizationDetail[] | undefined;
  /** The key or certificate that the token is bound to. */
  cnf?: Confirmation | undefined;
}

/** The members of a record that no claim of a JWT contains. */
export type TokenContext = Partial<AccessTokenRecord>;

/** The facts that every validation reads. */
export interface TokenFacts {
  clientId: string;
  grantType?: string | undefined;
  /** Of a JWT, which Redis knows only by this. */
  jti?: string | undefined;
  familyId?: string | undefined;
  sub?: string | undefined;
  sid?: string | undefined;
  /** See Lineage. */
  restsOn?: Revocable[] | undefined;
  authorizedAtMs: number;
  /** Absent if equal to authorizedAtMs. */
  issuedAtMs?: number | undefined;
  heldSinceMs?: number | undefined;
  authTimeMs?: number | undefined;
  expiresAtMs: number;
  audience: string[];
  contactCenterIds: string[];
  /** Of the user. */
  environmentId?: string | undefined;
  entry?: Entry | undefined;
  /** Of the operator account: the token ends when another one is configured. */
  operatorMark?: string | undefined;
  /** Authorization details (RFC 9396) and no scope. */
  hasOnlyDetails?: true | undefined;
  cnf?: Confirmation | undefined;
}

/** A stored token: facts and introspection answer are ready; the record with the user is parsed only on demand. */
export interface StoredAccessToken {
  facts: TokenFacts;
  introspection: string;
  record(): AccessTokenRecord;
}

/** The members of a user's record that only the gate gives. */
export function admittedMembers(
  { identity, assurance }: Admitted,
  names: ContextNames | undefined,
): Required<Pick<AccessTokenRecord, 'acr' | 'amr'>> & { sub: string; identity: UserIdentity } {
  return { sub: identity.sub, identity, acr: contextOf(assurance.provedLevel, names), amr: assurance.amr };
}

/** The record of a client's own token (RFC 6749 section 4.4). */
export function clientTokenRecord(
  client: Client,
  {
    scope,
    audience = [],
    details,
    cnf,
    issuedAtMs,
  }: Pick<AccessTokenRecord, 'scope' | 'details' | 'cnf' | 'issuedAtMs'> & { audience?: string[] },
  contactCenterIds = client.contactCenterIds,
): AccessTokenRecord {
  return {
    clientId: client.clientId,
    grantType: 'client_credentials',
    scope,
    audience,
    // No registration gives it, whatever the database says.
    authorities: client.authorities.filter((name) => name !== installationAdminAuthority),
    contactCenterIds,
    internalClient: client.internalClient,
    issuedAtMs,
    expiresAtMs: issuedAtMs + client.accessTokenTtlSeconds * 1000,
    authorizedAtMs: issuedAtMs,
    membership: membershipAsked(scope, client.membershipClaims),
    details,
    cnf,
  };
}

/** The lists that a scope or a registration asks for; undefined for none. */
export function membershipAsked(
  scope: readonly string[],
  always: readonly MembershipClaim[],
): MembershipClaim[] | undefined {
  const asked = membershipClaims.filter((name) => scope.includes(name) || always.includes(name));
  return asked.length === 0 ? undefined : asked;
}

/** Whether a token has the form of a JWT: opaque tokens contain no dot, refresh tokens one. */
export function isJwt(token: string): boolean {
  const first = token.indexOf('.');
  return first > 0 && token.indexOf('.', first + 1) > first;
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
    environmentId: record.identity?.environmentId,
    entry: record.identity?.entry,
    operatorMark: record.operator?.mark,
    hasOnlyDetails: record.details !== undefined && record.scope.length === 0 ? true : undefined,
    cnf: record.cnf,
  };
}

/** RFC 9449 section 5 spells the type so; certificate-bound tokens are sent as bearer tokens (RFC 8705 section 3). */
export function tokenTypeOf(cnf: Confirmation | undefined): 'bearer' | 'DPoP' {
  return cnf?.jkt === undefined ? 'bearer' : 'DPoP';
}

/** The answer of introspection about a token (RFC 7662 section 2.2), and the claims of a JWT. JSON drops undefined members. */
export function introspectionAnswer(record: AccessTokenRecord, issuer: string): IntrospectionActive {
  const seenAtMs = record.session && seenAtMsOf(record.session);
  return {
    active: true,
    scope: record.scope.join(' '),
    client_id: record.clientId,
    token_type: tokenTypeOf(record.cnf),
    exp: Math.floor(record.expiresAtMs / 1000),
    iat: Math.floor(record.issuedAtMs / 1000),
    iss: issuer,
    sub: record.sub ?? record.clientId,
    aud: record.audience.length === 0 ? undefined : record.audience,
    sid: record.session?.sid,
    auth_time: seenAtMs && Math.floor(seenAtMs / 1000),
    acr: record.acr,
    username: record.identity?.username ?? record.operator?.account,
    link_request: record.operator?.linkRequest,
    environment_id: record.identity?.environmentId,
    contact_center_id: record.identity?.contactCenterId,
    act: record.act && { ...record.act },
    may_act: record.mayAct,
    cnf: record.cnf,
    authorization_details: record.details,
    grant_type: record.grantType,
    authorities: record.authorities,
    ...(record.membership && membershipOf(record.authorities, record.membership)),
    contact_center_ids: record.contactCenterIds,
    internal_client: record.internalClient,
  };
}

/** Three lines of JSON, which contains no line end itself: facts, introspection answer, whole record. */
export function serializeRecord(record: AccessTokenRecord, issuer: string): string {
  const answer = introspectionAnswer(record, issuer);
  return `${JSON.stringify(factsOf(record))}\n${JSON.stringify(answer)}\n${JSON.stringify(record)}`;
}

export function parseStored(text: string): StoredAccessToken {
  const first = text.indexOf('\n');
  const second = text.indexOf('\n', first + 1);
  return {
    facts: JSON.parse(text.slice(0, first)) as TokenFacts,
    introspection: text.slice(first + 1, second),
    record: () => JSON.parse(text.slice(second + 1)) as AccessTokenRecord,
  };
}

export interface TokenAnswer {
  access_token: string;
  /** `N_A` if what was issued is no access token (RFC 8693 section 2.2.1). */
  token_type: 'bearer' | 'DPoP' | 'N_A';
  expires_in: number;
  /** Absent from a token that authorization details alone describe. */
  scope?: string | undefined;
  /** RFC 9396 section 7. */
  authorization_details?: AuthorizationDetail[] | undefined;
  refresh_token?: string | undefined;
  id_token?: string | undefined;
  /** RFC 8693 section 2.2.1. */
  issued_token_type?: string | undefined;
}

export function tokenAnswer(
  accessToken: string,
  {
    issuedAtMs,
    expiresAtMs,
    scope,
    details,
    cnf,
  }: Pick<AccessTokenRecord, 'issuedAtMs' | 'expiresAtMs' | 'scope' | 'details' | 'cnf'>,
): TokenAnswer {
  return {
    access_token: accessToken,
    token_type: tokenTypeOf(cnf),
    expires_in: Math.floor((expiresAtMs - issuedAtMs) / 1000),
    scope: scope.length === 0 ? undefined : scope.join(' '),
    authorization_details: details,
  };
}
