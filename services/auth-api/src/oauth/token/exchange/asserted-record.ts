/** Builds the record of an access token for a user whom a registered issuer has named: no session, no refresh token (RFC 7521 section 4.1). */
import { grantableScope } from '../../../core/protocol/parameters.ts';
import type { Admitted } from '../../../people/accounts/admission.ts';
import { admittedMembers, membershipAsked } from '../../../tokens/access-token.ts';
import { newFamilyId } from '../../../tokens/family-token.ts';
import { partyNamedBy } from '../../../tokens/lineage.ts';
import type { GrantRequest } from '../grant-handler.ts';
import type { AssertedUser } from '../registered-assertions.ts';
import type { SubjectRecord } from './policy.ts';

/** @throws OAuthError invalid_scope */
export function assertedRecord(
  { client, scope: requested, cnf }: GrantRequest,
  { assertedAtMs, mayAct = partyNamedBy(client) }: AssertedUser,
  admitted: Admitted,
  { grantType, audience, nowMs }: { grantType: string; audience: string[]; nowMs: number },
): SubjectRecord {
  const { identity } = admitted;
  const scope = grantableScope(requested, client.scope);
  return {
    clientId: client.clientId,
    grantType,
    scope,
    audience,
    authorities: identity.authorities.map(({ name }) => name),
    contactCenterIds: [identity.contactCenterId],
    internalClient: false,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + client.accessTokenTtlSeconds * 1000,
    authorizedAtMs: assertedAtMs,
    heldSinceMs: nowMs,
    familyId: newFamilyId(),
    ...admittedMembers(admitted, undefined),
    membership: membershipAsked(scope, client.membershipClaims),
    mayAct,
    cnf,
  };
}
