/** Decides what to revoke when a registration changes, so that lost rights do not survive in tokens. */
import {
  exchangeGrantType,
  jwtBearerGrantType,
  samlBearerGrantType,
} from '../../core/protocol/grant-types.ts';
import { isWithinScope } from '../../core/protocol/parameters.ts';
import { grantAt, type Revocation, usersOf } from '../../records/revocation/revocation.ts';
import type { Client } from './client.ts';

export type EndedByChange = Pick<Revocation, 'kind' | 'id'>;

/** `after` is undefined if the client was deleted. */
export function endedByChange(before: Client, after: Client | undefined): EndedByChange[] {
  const { clientId } = before;
  if (after === undefined) {
    return [
      { kind: 'client', id: clientId },
      ...[clientId, ...before.resources].map((id) => ({ kind: 'client-audience' as const, id })),
    ];
  }
  return [
    ...(losesRights(before, after) ? ([{ kind: 'client-rights', id: clientId }] as const) : []),
    ...(accessTokensExceed(before, after) ? ([{ kind: 'client-scope', id: clientId }] as const) : []),
    ...lostUsers(before, after),
    ...lostAddresses(before, after).map((id) => ({ kind: 'client-audience' as const, id })),
    ...lostGrants(before, after).map((grantType) => ({
      kind: 'client-grant' as const,
      id: grantAt(clientId, grantType),
    })),
  ];
}

/** Whether the client's own tokens have rights that its registration has lost. */
function losesRights(before: Client, after: Client): boolean {
  if (before.internalClient && !after.internalClient) return true;
  return (
    !isCovered(before.authorities, after.authorities) ||
    !isServed(before.contactCenterIds, after.contactCenterIds)
  );
}

/** Whether access tokens have a scope, authorization details or an audience, or lack a `may_act`, that the registration now says otherwise; a refresh corrects it. */
function accessTokensExceed(before: Client, after: Client): boolean {
  const { mayAct } = after.tokenExchange;
  return (
    !isWithinScope(before.scope, after.scope) ||
    !isCovered(before.authorizationDetailsTypes, after.authorizationDetailsTypes) ||
    !isCovered(before.audiences, after.audiences) ||
    // Without any, a token may be used at our own APIs.
    (before.audiences.length === 0 && after.audiences.length > 0) ||
    (mayAct !== undefined && mayAct !== before.tokenExchange.mayAct)
  );
}

/** Addresses that name it no more, or not for everybody. Nobody looks up the clients that still may ask for them: all ask again. */
function lostAddresses(before: Client, after: Client): string[] {
  if (before.openResources && !after.openResources) return before.resources;
  return before.resources.filter((address) => !after.resources.includes(address));
}

/** The users whom the client no longer serves. */
function lostUsers({ clientId, ...before }: Client, after: Client): EndedByChange[] {
  if (isServed(before.contactCenterIds, after.contactCenterIds)) return [];
  // It served all contact centres: those that it lost cannot be listed.
  if (before.contactCenterIds.length === 0) return [{ kind: 'client', id: clientId }];
  return before.contactCenterIds
    .filter((id) => !after.contactCenterIds.includes(id))
    .map((id) => ({ kind: 'client-users', id: usersOf(clientId, id) }));
}

/** The grant types that it lost, or may use for less than before. */
function lostGrants(before: Client, after: Client): string[] {
  const narrowed = [
    ...(mayExchangeLess(before, after) ? [exchangeGrantType] : []),
    ...(acceptsFewer(before.jwtBearer, after.jwtBearer) ? [jwtBearerGrantType] : []),
    ...(acceptsFewer(before.samlBearer, after.samlBearer) ? [samlBearerGrantType] : []),
  ];
  return before.grantTypes.filter((type) => !after.grantTypes.includes(type) || narrowed.includes(type));
}

function mayExchangeLess({ tokenExchange: before }: Client, { tokenExchange: after }: Client): boolean {
  if (!isCovered(before.subjectClients, after.subjectClients)) return true;
  if (!isCovered(before.audiences, after.audiences)) return true;
  return (['delegation', 'idTokens', 'refreshTokens'] as const).some((may) => before[may] && !after[may]);
}

interface TrustedIssuers {
  issuers: readonly { issuer: string; contactCenterIds?: string[] | undefined }[];
}

/** Whether assertions of an issuer are no longer accepted, or for fewer contact centres. */
function acceptsFewer(before: TrustedIssuers, after: TrustedIssuers): boolean {
  const isTaken = ({ issuer, contactCenterIds = [] }: TrustedIssuers['issuers'][number]) =>
    after.issuers.some(
      (kept) => kept.issuer === issuer && isServed(contactCenterIds, kept.contactCenterIds ?? []),
    );
  return !before.issuers.every(isTaken);
}

function isCovered(before: readonly string[], after: readonly string[]): boolean {
  return before.every((value) => after.includes(value));
}

/** Compares lists of contact centres; an empty list means all. */
function isServed(before: readonly string[], after: readonly string[]): boolean {
  return after.length === 0 || (before.length > 0 && isCovered(before, after));
}
