/** Exchanges a user's token for one with another audience and no more rights (RFC 8693): impersonation and delegation. */

import { invalidRequest } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import { exchangeGrantType } from '../../../core/protocol/grant-types.ts';
import type { RequestParameters } from '../../../core/protocol/parameters.ts';
import type { AuditEvent, AuditWriter } from '../../../records/audit/event.ts';
import { exchangedAudience, requireServed } from '../../../registry/clients/targets.ts';
import type { TokenAnswer } from '../../../tokens/access-token.ts';
import type { StaleRegistrationTokens } from '../../../tokens/stale-registration-tokens.ts';
import type { ExchangeIssuer } from '../exchange/issue.ts';
import { checkExchange } from '../exchange/policy.ts';
import { type PresentedToken, type PresentedTokens, tokenRefused } from '../exchange/presented-token.ts';
import { isTokenType, type TokenType, tokenTypes } from '../exchange/token-types.ts';
import {
  detailsParameter,
  type GrantHandler,
  type GrantRequest,
  type NarrowingDeps,
  narrowedDetails,
  resourceParameter,
} from '../grant-handler.ts';

export interface TokenExchangeDeps extends NarrowingDeps {
  issuer: string;
  presentedTokens: PresentedTokens;
  exchangeIssuer: ExchangeIssuer;
  staleRegistrationTokens: Pick<StaleRegistrationTokens, 'check'>;
  audit: AuditWriter;
  now(): number;
}

interface Presented {
  subject: PresentedToken;
  actor: PresentedToken | undefined;
  requestedType: TokenType;
}

export function tokenExchangeGrant(deps: TokenExchangeDeps): GrantHandler {
  const { issuer, presentedTokens, targets, exchangeIssuer, details, staleRegistrationTokens, audit, now } =
    deps;

  async function readActor({ client, parameters }: GrantRequest): Promise<PresentedToken | undefined> {
    const isNamed = ['actor_token', 'actor_token_type'].some((name) => parameters.get(name) !== undefined);
    return isNamed ? presentedTokens.read('actor', client, parameters) : undefined;
  }

  async function exchange(request: GrantRequest, presented: Presented): Promise<TokenAnswer> {
    const { client, parameters, scope, cnf } = request;
    const { requestedType } = presented;
    const [subjectRecord, actor] = [presented.subject.record, presented.actor?.record];
    const subject = checkExchange({ client, subject: subjectRecord, actor, cnf }, issuer);
    const asked = await targets.asked({
      client,
      audiences: parameters.list('audience'),
      resources: parameters.list(resourceParameter),
      exchanges: true,
    });
    requireServed(asked, subject.contactCenterIds);
    const audience = exchangedAudience(client, asked);
    // The endpoint checks the client itself.
    const others = asked
      .flatMap((target) => target.client ?? [])
      .filter(({ clientId }) => clientId !== client.clientId);
    const narrowed = await narrowedDetails(details, request, subject.details);
    const nowMs = now();
    const grantType = exchangeGrantType;
    const derivation = { client, grantType, subject, actor, audience, scope, narrowed, cnf, nowMs };
    const parents = [presented.subject, presented.actor].filter((token) => token !== undefined);
    const issued = await exchangeIssuer.issue(
      requestedType,
      derivation,
      parents.map(({ text }) => text),
    );
    const [, , ...alive] = await Promise.all([
      audit.write(eventOf(request, presented, { outcome: 'success', audience, scope: issued.scope })),
      // This replica may not know yet that a client of the audience was deleted.
      Promise.all(others.map(staleRegistrationTokens.check)),
      // A revocation of the parent that ran meanwhile may have missed the new token.
      ...parents.map((parent) => parent.isAlive()),
    ]);
    const dead = alive.indexOf(false);
    if (dead !== -1) {
      await issued.revoke();
      throw tokenRefused(dead === 0 ? 'subject' : 'actor');
    }
    return issued.answer;
  }

  return {
    grantType: exchangeGrantType,
    parameters: [
      'subject_token',
      'subject_token_type',
      'actor_token',
      'actor_token_type',
      'requested_token_type',
      'audience',
      resourceParameter,
      'scope',
      detailsParameter,
    ],
    async handle(request) {
      const { client, parameters } = request;
      const requestedType = readRequestedType(parameters);
      const subject = await presentedTokens.read('subject', client, parameters);
      const presented = { subject, actor: await readActor(request), requestedType };
      try {
        return await exchange(request, presented);
      } catch (error) {
        await audit.write(eventOf(request, presented, { outcome: 'failure', reason: (error as Error).name }));
        throw error;
      }
    },
  };
}

function readRequestedType(parameters: RequestParameters): TokenType {
  const type = parameters.get('requested_token_type') ?? tokenTypes.accessToken;
  if (isTokenType(type)) return type;
  throw invalidRequest(`The requested_token_type must be one of ${Object.values(tokenTypes).join(', ')}`);
}

function eventOf(
  request: GrantRequest,
  { subject, actor, requestedType }: Presented,
  { outcome, ...fields }: { outcome: AuditEvent['outcome'] } & NonNullable<AuditEvent['fields']>,
): AuditEvent {
  const { sub, clientId, identity, session } = subject.record;
  const acting = actor?.record;
  return {
    name: outcome === 'success' ? 'token_exchanged' : 'token_refused',
    outcome,
    sub,
    clientId: request.client.clientId,
    contactCenterId: identity?.contactCenterId,
    sid: session?.sid,
    correlationId: request.correlationId,
    clientAddress: request.clientAddress,
    fields: {
      subjectClient: clientId,
      requestedType,
      ...definedOnly({ actor: acting && (acting.sub ?? acting.clientId), actorClient: acting?.clientId }),
      ...(fields as NonNullable<AuditEvent['fields']>),
    },
  };
}
