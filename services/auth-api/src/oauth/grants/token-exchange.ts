/** Exchanges a user's access token for one with another audience and never more scope (RFC 8693, impersonation). */
import type { Clock } from '@gatehouse/service-kit/clock';
import { invalidRequest, invalidScope, unauthorizedClient } from '@gatehouse/service-kit/errors/oauth-error';
import type { AuditEvent, AuditWriter } from '../../audit/event.ts';
import type { Client } from '../../clients/client.ts';
import type { AccessTokenRecord } from '../../tokens/access-token.ts';
import type { AccessTokens } from '../../tokens/access-tokens.ts';
import type { TokenAnswer, TokenIssuer } from '../../tokens/issue.ts';
import type { ExchangeTargets } from '../exchange-targets.ts';
import { type RequestParameters, requireParameter } from '../parameters.ts';
import { commonScope, narrowScope } from '../scopes.ts';
import type { GrantHandler, GrantRequest } from './grant-handler.ts';

export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** How often a token may be handed on. */
const longestChain = 5;

export interface TokenExchangeDeps {
  accessTokens: AccessTokens;
  targets: ExchangeTargets;
  tokenIssuer: TokenIssuer;
  audit: AuditWriter;
  now: Clock;
}

export function tokenExchangeGrant(deps: TokenExchangeDeps): GrantHandler {
  const { accessTokens, targets, tokenIssuer, audit, now } = deps;

  async function findSubject(parameters: RequestParameters): Promise<AccessTokenRecord> {
    if (requireParameter(parameters, 'subject_token_type') !== accessTokenType) {
      throw invalidRequest(`The subject_token_type must be ${accessTokenType}`);
    }
    const stored = await accessTokens.find(requireParameter(parameters, 'subject_token'));
    // RFC 8693 section 2.2.2 gives an invalid subject token this code.
    if (stored === undefined) throw subjectRefused();
    return stored.record();
  }

  async function exchange(request: GrantRequest, subject: AccessTokenRecord): Promise<TokenAnswer> {
    const { client, parameters } = request;
    checkSubject(client, subject);
    const audience = await targets.resolve({
      client,
      audiences: parameters.list('audience'),
      resources: parameters.list('resource'),
      contactCenterIds: subject.contactCenterIds,
    });
    const record = exchangedRecord({
      client,
      subject,
      audience,
      scope: grantedScope(request, subject),
      nowMs: now(),
    });
    const subjectToken = requireParameter(parameters, 'subject_token');
    const [accessToken] = await Promise.all([
      tokenIssuer.issueExchanged(record, subjectToken),
      audit.write(eventOf(request, subject, { outcome: 'success', audience, scope: record.scope })),
    ]);
    // Revoked meanwhile, it may not have been seen that there is one more token to revoke.
    if ((await accessTokens.find(subjectToken)) === undefined) {
      await accessTokens.revoke(accessToken, client.clientId);
      throw subjectRefused();
    }
    return {
      access_token: accessToken,
      issued_token_type: accessTokenType,
      token_type: 'bearer',
      expires_in: Math.floor((record.expiresAtMs - record.issuedAtMs) / 1000),
      scope: record.scope.join(' '),
    };
  }

  return {
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    parameters: [
      'subject_token',
      'subject_token_type',
      'actor_token',
      'actor_token_type',
      'requested_token_type',
      'audience',
      'resource',
      'scope',
    ],
    async handle(request) {
      refuseWhatIsNotOffered(request.parameters);
      const subject = await findSubject(request.parameters);
      try {
        return await exchange(request, subject);
      } catch (error) {
        await audit.write(eventOf(request, subject, { outcome: 'failure', reason: (error as Error).name }));
        throw error;
      }
    },
  };
}

function subjectRefused() {
  return invalidRequest('The subject_token is invalid, expired or revoked');
}

/** Ignoring any of these would answer with a token that means something else than was asked for. */
function refuseWhatIsNotOffered(parameters: RequestParameters): void {
  if (parameters.get('actor_token') !== undefined || parameters.get('actor_token_type') !== undefined) {
    throw invalidRequest('Delegation is not offered: leave out actor_token and actor_token_type');
  }
  const requested = parameters.get('requested_token_type');
  if (requested !== undefined && requested !== accessTokenType) {
    throw invalidRequest(`The requested_token_type must be ${accessTokenType}`);
  }
}

function checkSubject(client: Client, subject: AccessTokenRecord): void {
  if (subject.identity === undefined) {
    throw invalidRequest('The subject_token must belong to a user', {
      detail: 'no user behind the subject token',
    });
  }
  if (client.clientType === 'PUBLIC') throw unauthorizedClient('A public client may not exchange tokens');
  if (!client.tokenExchange.subjectClients.includes(subject.clientId)) {
    throw unauthorizedClient(
      'The client may not exchange tokens of the client that the subject_token was issued to',
    );
  }
  const { contactCenterIds } = client;
  if (contactCenterIds.length > 0 && !subject.contactCenterIds.every((id) => contactCenterIds.includes(id))) {
    throw unauthorizedClient('The client may not act for users of this contact centre');
  }
  if ((subject.chain?.length ?? 0) >= longestChain) {
    throw invalidRequest(`The subject_token was exchanged ${longestChain} times already`);
  }
}

function grantedScope({ client, scope: requested }: GrantRequest, subject: AccessTokenRecord): string[] {
  const allowed = commonScope(subject.scope, client.scope);
  const scope = allowed.length === 0 ? undefined : narrowScope(requested, allowed);
  if (scope === undefined)
    throw invalidScope('The scope is wider than that of the subject_token or of the client');
  return scope;
}

interface Exchanged {
  client: Client;
  subject: AccessTokenRecord;
  audience: string[];
  scope: string[];
  nowMs: number;
}

/** Everything but client, audience and scope is the subject token's own: it ends when that one does. */
function exchangedRecord({ client, subject, audience, scope, nowMs }: Exchanged): AccessTokenRecord {
  return {
    ...subject,
    clientId: client.clientId,
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    scope,
    audience,
    issuedAtMs: nowMs,
    expiresAtMs: Math.min(subject.expiresAtMs, nowMs + client.accessTokenTtlSeconds * 1000),
    chain: [...(subject.chain ?? []), subject.clientId],
  };
}

function eventOf(
  request: GrantRequest,
  subject: AccessTokenRecord,
  { outcome, ...fields }: { outcome: AuditEvent['outcome'] } & NonNullable<AuditEvent['fields']>,
): AuditEvent {
  return {
    name: outcome === 'success' ? 'token_exchanged' : 'token_refused',
    outcome,
    sub: subject.sub,
    clientId: request.client.clientId,
    contactCenterId: subject.identity?.contactCenterId,
    sid: subject.session?.sid,
    correlationId: request.correlationId,
    clientAddress: request.clientAddress,
    fields: { subjectClient: subject.clientId, ...(fields as NonNullable<AuditEvent['fields']>) },
  };
}
