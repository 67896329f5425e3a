/** Derives the record of an exchanged token: all but client, audience and scope comes from the subject token, also its end. */

import { invalidScope } from '@gatehouse/caller-auth/oauth-errors';
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint';
import { namesIn } from '../../../core/protocol/authentication-context.ts';
import type { AuthorizationDetail } from '../../../core/protocol/authorization-details.ts';
import { commonScope, narrowScope } from '../../../core/protocol/parameters.ts';
import type { Admitted } from '../../../people/accounts/admission.ts';
import type { Revocable } from '../../../records/revocation/revocation.ts';
import type { Client } from '../../../registry/clients/client.ts';
import { permittedDetails } from '../../../registry/clients/detail-types.ts';
import { type AccessTokenRecord, admittedMembers, membershipAsked } from '../../../tokens/access-token.ts';
import { tokenIdIn } from '../../../tokens/derived-tokens.ts';
import { newFamilyId } from '../../../tokens/family-token.ts';
import type { Grant } from '../../../tokens/grant.ts';
import { lineageOf } from '../../../tokens/lineage.ts';
import { exchangeActorOf, type SubjectRecord } from './policy.ts';

export interface Derivation {
  client: Client;
  grantType: string;
  subject: SubjectRecord;
  actor?: AccessTokenRecord | undefined;
  audience: string[];
  scope: string[] | undefined;
  /** Fewer authorization details than those of the subject token. */
  narrowed?: AuthorizationDetail[] | undefined;
  /** The key or certificate that the requester proved to hold. */
  cnf: Confirmation | undefined;
  nowMs: number;
}

/** @param parents the presented tokens. @throws OAuthError invalid_scope */
export function derivedRecord(
  derivation: Derivation,
  admitted: Admitted,
  parents: readonly string[],
): SubjectRecord {
  const { client, grantType, subject, actor, audience, cnf, nowMs } = derivation;
  const details = permittedDetails(derivation.narrowed ?? subject.details, client);
  const scope = derivedScope(derivation, details !== undefined);
  return {
    ...subject,
    ...admittedMembers(admitted, namesIn([subject.acr ?? ''])),
    clientId: client.clientId,
    grantType,
    scope,
    audience,
    details,
    membership: membershipAsked(scope, client.membershipClaims),
    issuedAtMs: nowMs,
    expiresAtMs: endOf(derivation, client.accessTokenTtlSeconds),
    generation: (subject.generation ?? 0) + 1,
    heldSinceMs: nowMs,
    hasOwnFamily: undefined,
    restsOn: [
      ...(subject.restsOn ?? []),
      clientsRightOf(subject),
      // Redis notes which token came from which; should it lose the note, the token itself still names its parents.
      ...parents.map((text) => ({ tokenId: tokenIdIn(text), issuedAtMs: nowMs })),
      ...(actor === undefined ? [] : [rightOf(actor), ...(actor.restsOn ?? [])]),
    ],
    act: actor === undefined ? subject.act : nested(derivation),
    // A binding is never lost: what is bound to one key is useless to another key and to a bearer.
    cnf: subject.cnf ?? cnf,
  };
}

/** The grant of a refresh token that was derived from the subject token: a family of its own, revoked with the subject's. */
export function derivedGrant(record: SubjectRecord, derivation: Derivation): Grant & { endsAtMs: number } {
  const { clientId, grantType, scope, audience, details, identity, session, familyId, authorizedAtMs } =
    record;
  return {
    ...lineageOf(record),
    familyId: newFamilyId(),
    hasOwnFamily: true,
    clientId,
    grantType,
    scope,
    audience,
    details,
    identity,
    session,
    acrNames: namesIn([record.acr ?? '']),
    authorizedAtMs,
    restsOn: [
      ...(record.restsOn ?? []),
      ...(familyId === undefined ? [] : [{ familyId, issuedAtMs: authorizedAtMs }]),
    ],
    endsAtMs: endOf(derivation, derivation.client.refreshTokenTtlSeconds),
  };
}

/** Only a token with authorization details may have no scope. */
function derivedScope({ client, subject, scope: requested }: Derivation, hasDetails: boolean): string[] {
  const allowed = commonScope(subject.scope, client.scope);
  const isEmpty = allowed.length === 0 && !(hasDetails && subject.scope.length === 0);
  const scope = isEmpty ? undefined : narrowScope(requested, allowed);
  if (scope === undefined)
    throw invalidScope('The scope is wider than that of the token it is made from or of the client', {
      refusal: 'scope_wider',
    });
  return scope;
}

function endOf({ subject, actor, nowMs }: Derivation, ownLifeSeconds: number): number {
  return Math.min(
    subject.expiresAtMs,
    actor?.expiresAtMs ?? Number.POSITIVE_INFINITY,
    nowMs + ownLifeSeconds * 1000,
  );
}

/** Section 4.1: the outermost actor acts now; who acted before stays on record. */
function nested({ client, subject, actor }: Derivation) {
  const acting = exchangeActorOf(client, actor);
  return subject.act === undefined ? acting : { ...acting, act: subject.act };
}

/** A derived token is revoked with what the client of its parent loses, and with a client that the parent was for. */
function clientsRightOf({ clientId, grantType, audience, ...times }: AccessTokenRecord): Revocable {
  const { authorizedAtMs, heldSinceMs, issuedAtMs } = times;
  // It is stored with every token: what the client itself says already is left out.
  const others = audience.filter((id) => id !== clientId);
  return {
    clientId,
    grantType,
    audience: others.length === 0 ? undefined : others,
    issuedAtMs: authorizedAtMs,
    heldSinceMs,
    accessIssuedAtMs: issuedAtMs,
  };
}

/** A derived token is revoked with everything that revokes its actor. */
function rightOf(record: AccessTokenRecord): Revocable {
  const { sub, clientId, familyId, session, identity } = record;
  return {
    ...clientsRightOf(record),
    sub,
    entry: identity?.entry,
    rightsOf: sub === undefined ? clientId : undefined,
    familyId,
    sid: session?.sid,
    authTimeMs: session?.authTimeMs,
  };
}
