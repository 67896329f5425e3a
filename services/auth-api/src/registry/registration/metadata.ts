/** Converts client metadata into a registration and back; a missing member gets its default, also in an update (RFC 7592 section 2.2). */

import { OAuthError, plainDescription } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import { deviceGrantType } from '../../core/protocol/grant-types.ts';
import { parseScope } from '../../core/protocol/parameters.ts';
import { isLoopbackUri } from '../../core/protocol/redirect-uri.ts';
import { type Client, defaultAlgorithmFor } from '../clients/client.ts';
import { isRegistered, members, registered } from '../clients/table.ts';
import { type ClientPatch, clientPatchSchema } from '../clients/validation/schemas.ts';
import type { ClientMetadata } from './metadata-schemas.ts';

/** The permissions of self-registered clients by the operator. */
export interface RegistrationLimits {
  scopes: readonly string[];
  detailTypes: readonly string[];
}

/** Grants with a user: only a user can decide whether to trust such a client. */
const allowedGrants: readonly string[] = ['authorization_code', 'refresh_token', deviceGrantType];

/** `stored`: the present registration. @throws OAuthError invalid_client_metadata, invalid_redirect_uri, unapproved_software_statement */
export function registrationOf(
  metadata: ClientMetadata,
  limits: RegistrationLimits,
  stored?: Client,
): ClientPatch {
  refuseWhatIsNotOffered(metadata);
  refuseReadableAnswers(metadata, stored);
  const method = metadata.token_endpoint_auth_method ?? 'client_secret_basic';
  const patch = {
    // A member that is missing has its default; `null` stands for no value.
    ...Object.fromEntries(
      registered.map(({ field, member, facts }) => [field, metadata[member] ?? facts.initial ?? null]),
    ),
    idTokenSignedResponseAlg: metadata.id_token_signed_response_alg ?? defaultAlgorithmOf(metadata),
    name: metadata.client_name ?? 'An application',
    clientType: method === 'none' ? 'PUBLIC' : 'CONFIDENTIAL',
    tokenEndpointAuthMethod: method,
    authorizedGrantTypes: grantsOf(metadata),
    responseTypes: metadata.response_types ?? ['code'],
    scope: scopeOf(metadata, limits.scopes),
    redirectMatching: 'exact',
    // No administrator has reviewed the client: the user must consent.
    requireConsent: true,
    authorizationDetailsTypes: detailTypesOf(metadata, limits.detailTypes),
  };
  const parsed = clientPatchSchema.safeParse(patch);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ field: String(path[0]), message }));
  throw refusal(problems);
}

/** Makes an OAuthError that uses the names of the metadata. */
export function refusal(problems: readonly { field: string; message: string }[]): OAuthError {
  const [first = { field: '', message: 'is not valid' }] = problems;
  const field = first.field.replace(/^data\./, '').split('.')[0] ?? '';
  return wrong(isRegistered(field) ? members[field] : field, plainDescription(first.message));
}

/** RFC 7591 section 3.2.2: redirect URIs have an error code of their own. */
export function wrong(member: string, message: string): OAuthError {
  const error = member === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
  return new OAuthError(error, 400, `${member}: ${message}`);
}

export function metadataOf(client: Client): Record<string, unknown> {
  const { tokenEndpointAuthMethod = 'client_secret_basic', authorizationDetailsTypes } = client;
  return definedOnly({
    ...Object.fromEntries(registered.map(({ property, member }) => [member, client[property]])),
    token_endpoint_auth_method: tokenEndpointAuthMethod,
    scope: client.scope.join(' '),
    authorization_details_types:
      authorizationDetailsTypes.length === 0 ? undefined : authorizationDetailsTypes,
    subject_type: 'public',
  });
}

/** Of ID tokens, which depends on the profile. */
const defaultAlgorithmOf = (metadata: ClientMetadata) =>
  defaultAlgorithmFor({
    requirePushedAuthorizationRequests: metadata.require_pushed_authorization_requests === true,
    dpopBoundAccessTokens: metadata.dpop_bound_access_tokens === true,
    tlsClientCertificateBoundAccessTokens: metadata.tls_client_certificate_bound_access_tokens === true,
  });

/** Refuses members that a client would otherwise believe to be in force. */
function refuseWhatIsNotOffered(metadata: ClientMetadata): void {
  const unapproved = 'Software statements are not accepted: send the metadata themselves';
  if (metadata.software_statement !== undefined)
    throw new OAuthError('unapproved_software_statement', 400, unapproved);
  const { subject_type: subjectType, sector_identifier_uri: sector } = metadata;
  if ((subjectType !== undefined && subjectType !== 'public') || sector !== undefined) {
    throw wrong('subject_type', 'must be public, and sector_identifier_uri is not offered');
  }
  // A client that nobody has reviewed must not ask people who never came to it.
  const backchannel = Object.keys(metadata).find((name) =>
    /^backchannel_(?:token|auth|client|user)/.test(name),
  );
  if (backchannel !== undefined)
    throw wrong(backchannel, 'only an operator registers clients for backchannel authentication');
}

/**
 * RFC 9700 section 2.6: whoever is on the way reads a code that travels by http, except to an application on the user's own machine
 * (RFC 8252 section 8.3). Addresses that were registered before this rule stay.
 */
function refuseReadableAnswers(
  { redirect_uris: redirects = [], post_logout_redirect_uris: afterLogout = [] }: ClientMetadata,
  stored: Client | undefined,
): void {
  const known = stored ? [...stored.redirectUris, ...stored.postLogoutRedirectUris] : [];
  const isReadable = (uri: string) =>
    URL.parse(uri)?.protocol === 'http:' && !isLoopbackUri(uri) && !known.includes(uri);
  const [name] = [
    ...redirects.filter(isReadable).map(() => 'redirect_uris'),
    ...afterLogout.filter(isReadable).map(() => 'post_logout_redirect_uris'),
  ];
  if (name !== undefined) throw wrong(name, 'must use https, or http towards 127.0.0.1, [::1] or localhost');
}

function grantsOf({
  grant_types: grants = ['authorization_code'],
  redirect_uris: uris = [],
}: ClientMetadata) {
  const refused = grants.find((grant) => !allowedGrants.includes(grant));
  if (refused !== undefined) throw wrong('grant_types', `must be some of ${allowedGrants.join(', ')}`);
  if (grants.includes('authorization_code') && uris.length === 0)
    throw wrong('redirect_uris', 'the authorization code grant needs one');
  return grants;
}

function scopeOf({ scope }: ClientMetadata, allowed: readonly string[]): string[] {
  if (scope === undefined) return [...allowed];
  const values = parseScope(scope);
  if (values === undefined || !values.every((value) => allowed.includes(value))) {
    throw wrong('scope', `must be some of ${allowed.join(' ')}`);
  }
  return values;
}

function detailTypesOf(
  { authorization_details_types: types = [] }: ClientMetadata,
  allowed: readonly string[],
) {
  if (types.every((type) => allowed.includes(type))) return types;
  const some = allowed.length === 0 ? undefined : `must be some of ${allowed.join(' ')}`;
  throw wrong('authorization_details_types', some ?? 'self-registered clients may have none here');
}
