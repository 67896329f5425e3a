/** What is said about a token: by introspection (RFC 7662 section 2.2), and by a JWT about itself. */

import { tokenTypeOf } from '@gatehouse/caller-auth/sender-constraint/confirmation';
import type { IntrospectionActive, IntrospectionRefresh } from '@gatehouse/contracts/auth-api/introspection';
import type { AccessTokenRecord } from './access-token.ts';
import type { KnownRefresh } from './families.ts';

/** Absent members are undefined: JSON leaves them out, and a token request has no time for objects that come and go. */
export function introspectionAnswer(record: AccessTokenRecord, issuer: string): IntrospectionActive {
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
    username: record.identity?.username,
    environment_id: record.identity?.environmentId,
    contact_center_id: record.identity?.contactCenterId,
    act: record.act && { ...record.act },
    may_act: record.mayAct,
    cnf: record.cnf,
    grant_type: record.grantType,
    authorities: record.authorities,
    contact_center_ids: record.contactCenterIds,
    internal_client: record.internalClient,
  };
}

export function refreshIntrospectionJson(
  { grant, scope, issuedAtMs, expiresAtMs }: KnownRefresh,
  issuer: string,
): string {
  const answer: IntrospectionRefresh = {
    active: true,
    token_use: 'refresh_token',
    scope: scope.join(' '),
    client_id: grant.clientId,
    exp: Math.floor(expiresAtMs / 1000),
    iat: Math.floor(issuedAtMs / 1000),
    iss: issuer,
    sub: grant.identity.sub,
    username: grant.identity.username,
    contact_center_id: grant.identity.contactCenterId,
  };
  return JSON.stringify(answer);
}
