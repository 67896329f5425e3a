/** Answers the token endpoint (RFC 6749 section 3.2): the same ordered steps around every grant. */

import { invalidTarget, unauthorizedClient, unsupportedGrantType } from '@gatehouse/caller-auth/oauth-errors';
import { AppError } from '@gatehouse/service-kit/errors';
import { isCrossOrigin, nameCorsCaller } from '@gatehouse/service-kit/http';
import type { Metrics } from '@gatehouse/service-kit/observability';
import { invalidDetails } from '../../core/protocol/authorization-details.ts';
import {
  onlyThose,
  type RequestParameters,
  readScope,
  requireParameter,
} from '../../core/protocol/parameters.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { GrantUses } from '../../registry/clients/grant-uses.ts';
import type { TokenAnswer } from '../../tokens/access-token.ts';
import type { AccessTokens } from '../../tokens/access-tokens.ts';
import type { StaleRegistrationTokens } from '../../tokens/stale-registration-tokens.ts';
import type { ClientAuthentication, ClientCall } from '../client-authentication/client-authentication.ts';
import type { SenderConstraints } from '../client-authentication/sender-constraints.ts';
import { isRefusal } from '../refusals/observe.ts';
import { detailsParameter, type GrantHandler, resourceParameter } from './grant-handler.ts';
import { grantTypes } from './grants/index.ts';

export type TokenEndpoint = ReturnType<typeof createTokenEndpoint>;

export interface TokenEndpointOptions {
  clientAuthentication: ClientAuthentication;
  senderConstraints: SenderConstraints;
  grants: ReadonlyMap<string, GrantHandler>;
  staleRegistrationTokens: Pick<StaleRegistrationTokens, 'check'>;
  accessTokens: Pick<AccessTokens, 'find'>;
  grantUses: GrantUses;
  activity: Pick<Activity, 'tokenIssued' | 'tokenRefused'>;
  metrics: Metrics;
}

export function createTokenEndpoint(options: TokenEndpointOptions) {
  const { clientAuthentication, senderConstraints, grants, staleRegistrationTokens, accessTokens } = options;
  const { grantUses, activity, metrics } = options;
  const issued = metrics.counter('auth_tokens_issued_total', 'Token answers by grant.', ['grant']);

  /** Called once for each request. */
  function recordIssued({ clientId }: Client, grantType: string): void {
    issued.inc({ grant: grantType });
    grantUses.record(clientId, grantType);
    activity.tokenIssued();
  }

  /** The page may belong to the contact centre of the user, whom only the grant knew. */
  async function nameBearer({ sender }: ClientCall, { access_token }: TokenAnswer): Promise<void> {
    const token = await accessTokens.find(access_token);
    if (token !== undefined) nameCorsCaller(sender, token.facts);
  }

  async function issue(call: ClientCall): Promise<TokenAnswer> {
    const proof = await senderConstraints.readProof(call.sender);
    const client = await clientAuthentication.authenticate(call);
    const grant = findGrant(grants, requireParameter(call.parameters, 'grant_type'));
    checkGrantIsAllowed(client, grant);
    refuseUnread(call.parameters, grant);
    const parameters = keepDeclared(call.parameters, grant);
    const scope = readScope(parameters);
    const cnf = await senderConstraints.bind(client, call.sender, proof);
    const { clientAddress, correlationId } = call;
    const answer = await grant.handle({ client, parameters, scope, cnf, clientAddress, correlationId });
    await staleRegistrationTokens.check(client);
    if (isCrossOrigin(call.sender)) await nameBearer(call, answer);
    recordIssued(client, grant.grantType);
    return answer;
  }

  return {
    /** @throws OAuthError */
    async answer(call: ClientCall): Promise<TokenAnswer> {
      try {
        return await issue(call);
      } catch (error) {
        if (error instanceof AppError && isRefusal(error)) activity.tokenRefused();
        throw error;
      }
    },
  };
}

function findGrant(grants: ReadonlyMap<string, GrantHandler>, grantType: string): GrantHandler {
  const grant = grants.get(grantType);
  if (grant === undefined)
    throw unsupportedGrantType(`This grant_type is not supported: send one of ${grantTypes.join(', ')}`, {
      detail: 'no grant has this name',
      refusal: 'grant_unknown',
    });
  return grant;
}

function checkGrantIsAllowed(client: Client, { grantType }: GrantHandler): void {
  if (!client.grantTypes.includes(grantType))
    throw unauthorizedClient('The client may not use this grant_type', { refusal: 'grant_not_allowed' });
}

/** Ignored, they would let the client believe that its token is restricted to them (RFC 9396 section 5, RFC 8707 section 2). */
function refuseUnread(parameters: RequestParameters, { parameters: read }: GrantHandler): void {
  if (parameters.get(detailsParameter) !== undefined && !read.includes(detailsParameter))
    throw invalidDetails('This grant_type takes no authorization_details');
  if (parameters.list(resourceParameter).length > 0 && !read.includes(resourceParameter))
    throw invalidTarget('This grant_type takes no resource');
}

function keepDeclared(parameters: RequestParameters, grant: GrantHandler): RequestParameters {
  return onlyThose(parameters, (name) => grant.parameters.includes(name));
}
