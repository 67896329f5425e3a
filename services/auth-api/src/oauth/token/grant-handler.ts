/** Defines what the token endpoint needs of a grant, and the audit event of its tokens. */
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint';
import { type AuthorizationDetail, narrowDetails } from '../../core/protocol/authorization-details.ts';
import type { RequestParameters } from '../../core/protocol/parameters.ts';
import type { AuditEvent } from '../../records/audit/event.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { DetailReader } from '../../registry/clients/detail-types.ts';
import type { Targets } from '../../registry/clients/targets.ts';
import type { TokenAnswer } from '../../tokens/access-token.ts';
import type { Grant } from '../../tokens/grant.ts';
import type { Narrowed } from '../../tokens/user-token-issuer.ts';

export interface GrantRequest {
  client: Client;
  /** Only the parameters that the grant declares. */
  parameters: RequestParameters;
  /** The `scope` parameter, parsed; undefined if the request has none. */
  scope: string[] | undefined;
  /** The key or certificate that the sender proved to hold: the access token is bound to it. */
  cnf: Confirmation | undefined;
  clientAddress: string;
  correlationId: string;
}

export interface GrantHandler {
  /** Value of `grant_type`. */
  grantType: string;
  /** Other parameters of the form are removed before the grant reads it. */
  parameters: readonly string[];
  /** @throws OAuthError with the code of the RFC; `detail` is for the log only. */
  handle(request: GrantRequest): Promise<TokenAnswer>;
}

interface IssuedToken {
  grantType: string;
  scope: string[];
  /** The authorization of the user, if the token belongs to one. */
  grant?: Pick<Grant, 'identity' | 'session'>;
}

export const detailsParameter = 'authorization_details';
/** RFC 8707 */
export const resourceParameter = 'resource';

export interface NarrowingDeps {
  details: DetailReader;
  targets: Targets;
}

/** The part of a grant that a request leaves. @throws OAuthError invalid_authorization_details, invalid_target */
export async function narrowedBy(
  { details, targets }: NarrowingDeps,
  request: Pick<GrantRequest, 'client' | 'parameters'>,
  granted: Pick<Grant, 'details' | 'audience'>,
): Promise<Narrowed> {
  const { client, parameters } = request;
  return {
    details: await narrowedDetails(details, request, granted.details),
    audience: await targets.narrowed(client, granted.audience, parameters.list(resourceParameter)),
  };
}

/** The names of the APIs that a request without a grant is for; none: those of the registration. @throws OAuthError invalid_target */
export async function askedAudience(
  targets: Targets,
  { client, parameters }: Pick<GrantRequest, 'client' | 'parameters'>,
): Promise<string[]> {
  const asked = await targets.asked({ client, resources: parameters.list(resourceParameter) });
  return asked.map(({ name }) => name);
}

/**
 * The authorization details that a request narrows a grant to (RFC 9396 section 6); undefined if it asks for no less. A field
 * that the grant left open may be named, and only by values of the type: the resource trusts that they were registered.
 * @throws OAuthError invalid_authorization_details
 */
export async function narrowedDetails(
  details: DetailReader,
  { client, parameters }: Pick<GrantRequest, 'client' | 'parameters'>,
  granted: readonly AuthorizationDetail[] = [],
): Promise<AuthorizationDetail[] | undefined> {
  const asked = await details.read(parameters.get(detailsParameter), client);
  return asked && narrowDetails(asked.details, granted);
}

/** The event of a token (GATEHOUSE_AUDIT_TOKENS=all); most installations only count tokens. */
export function tokenIssued(
  { client, correlationId, clientAddress }: GrantRequest,
  { grantType, scope, grant }: IssuedToken,
): AuditEvent {
  return {
    name: 'token_issued',
    outcome: 'success',
    clientId: client.clientId,
    correlationId,
    clientAddress,
    sub: grant?.identity.sub,
    contactCenterId: grant?.identity.contactCenterId,
    sid: grant?.session?.sid,
    fields: { grantType, scope },
  };
}
