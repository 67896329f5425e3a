/** Checks who may exchange what: allow-lists of the registration, the contact centre, and the tokens' own claims. */

import { invalidRequest, unauthorizedClient } from '@gatehouse/caller-auth/oauth-errors';
import { type Confirmation, isProvenBy } from '@gatehouse/caller-auth/sender-constraint';
import type { UserIdentity } from '../../../people/identity/identity.ts';
import { type Client, isMeantFor, servesContactCenter } from '../../../registry/clients/client.ts';
import type { AccessTokenRecord } from '../../../tokens/access-token.ts';
import type { ActorClaim, Party } from '../../../tokens/lineage.ts';

export interface Exchange {
  client: Client;
  subject: AccessTokenRecord;
  actor?: AccessTokenRecord | undefined;
  /** The key or certificate that the requester proved to hold. */
  cnf?: Confirmation | undefined;
}

/** A subject token belongs to a user. */
export type SubjectRecord = AccessTokenRecord & { identity: UserIdentity };

/** How often a token may be exchanged: each exchange adds a party that must keep it safe. */
const maxGenerations = 5;

/**
 * @throws OAuthError unauthorized_client for the client itself; invalid_request for a token that its registration or
 * the token's own claims do not let it use (RFC 8693 section 2.2.2)
 */
export function checkExchange(exchange: Exchange, issuer: string): SubjectRecord {
  const { client, subject, actor, cnf } = exchange;
  if (client.clientType === 'PUBLIC')
    throw unauthorizedClient('A public client may not exchange tokens', { refusal: 'public_client' });
  const record = checkSubject(client, subject);
  if (actor !== undefined) checkActor(client, actor, { subject: record, cnf, issuer });
  checkMayAct(subject.mayAct, { iss: issuer, ...exchangeActorOf(client, actor) });
  return record;
}

/**
 * As checkExchange, for a token that its client has converted: the same client needs no permission to redeem it.
 * @throws OAuthError as checkExchange
 */
export function checkHandedOver(client: Client, subject: AccessTokenRecord, issuer: string): SubjectRecord {
  if (subject.clientId !== client.clientId) return checkExchange({ client, subject }, issuer);
  return checkUser(client, subject);
}

/** Whether tokens of `subjectClient` may become tokens of `client`. */
function mayUseTokensOf(client: Client, subjectClient: string): boolean {
  return client.tokenExchange.subjectClients.includes(subjectClient);
}

/** The claim `act` of an issued token. */
export function exchangeActorOf(client: Client, actor: AccessTokenRecord | undefined): ActorClaim {
  const clientId = actor?.clientId ?? client.clientId;
  return { sub: actor?.sub ?? clientId, client_id: clientId };
}

function checkSubject(client: Client, subject: AccessTokenRecord): SubjectRecord {
  if (!mayUseTokensOf(client, subject.clientId)) {
    throw invalidRequest(
      'The client may not exchange tokens of the client that the subject_token was issued to',
      { refusal: 'exchange_not_allowed' },
    );
  }
  return checkUser(client, subject);
}

function checkUser(client: Client, subject: AccessTokenRecord): SubjectRecord {
  const { identity, generation = 0 } = subject;
  if (identity === undefined) throw invalidRequest('The subject_token must belong to a user');
  if (!servesContactCenter(client, identity.contactCenterId)) {
    throw invalidRequest('The client may not act for users of this contact centre', {
      refusal: 'contact_center_not_served',
    });
  }
  if (generation >= maxGenerations) {
    throw invalidRequest(`The subject_token was exchanged ${maxGenerations} times already`);
  }
  return { ...subject, identity };
}

function checkActor(
  client: Client,
  actor: AccessTokenRecord,
  {
    subject: { identity },
    cnf,
    issuer,
  }: { subject: SubjectRecord; cnf: Confirmation | undefined; issuer: string },
): void {
  if (!client.tokenExchange.delegation) {
    throw invalidRequest('The client may not delegate: leave out actor_token and actor_token_type', {
      refusal: 'exchange_not_allowed',
    });
  }
  // The possession of a token is no permission to act with it.
  const isMeantForClient =
    actor.clientId === client.clientId ||
    isMeantFor(client, actor.audience, issuer) ||
    mayUseTokensOf(client, actor.clientId);
  if (!isMeantForClient)
    throw invalidRequest('The client may not act with this actor_token', { refusal: 'actor_token_refused' });
  // The issued token is not bound to the actor's key, so the actor must prove the key here.
  if (!isProvenBy(actor.cnf, cnf)) {
    throw invalidRequest(
      'The actor_token is bound to its sender: the request needs the DPoP proof or certificate that it is bound to',
      { refusal: 'actor_token_refused' },
    );
  }
  if (actor.act !== undefined)
    throw invalidRequest('The actor_token must be of the actor, not of somebody who acts for it');
  const { contactCenterIds } = actor;
  if (contactCenterIds.length > 0 && !contactCenterIds.includes(identity.contactCenterId)) {
    throw invalidRequest('The actor_token and the subject_token are of different contact centres');
  }
}

/** RFC 8693 section 4.4: every member of `may_act` must match the party that acts. */
function checkMayAct(mayAct: Party | undefined, acting: Party): void {
  if (mayAct === undefined) return;
  const isNamed = Object.entries(mayAct).every(([name, value]) => acting[name as keyof Party] === value);
  if (!isNamed)
    throw invalidRequest('The subject_token names another party that may act for the user', {
      refusal: 'exchange_not_allowed',
    });
}
