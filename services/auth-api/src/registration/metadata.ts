/** Converts client metadata into a registration and back; a missing member gets its default, also in an update (RFC 7592 section 2.2). */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { OAuthError, plainDescription } from '@gatehouse/service-kit/errors/oauth-error';
import type { Client } from '../clients/client.ts';
import { type ClientPatch, clientPatchSchema } from '../clients/schemas.ts';
import { deviceGrantType } from '../devices/device.ts';
import { parseScope } from '../protocol/parameters.ts';
import { isLoopbackUri } from '../protocol/redirect-uri.ts';
import type { ClientMetadata } from './metadata-schemas.ts';

/** Members that a client has or has not, with the same value in its registration. */
const optional = {
  clientUri: 'client_uri',
  policyUri: 'policy_uri',
  tosUri: 'tos_uri',
  logoUri: 'logo_uri',
  jwks: 'jwks',
  jwksUri: 'jwks_uri',
  frontchannelLogoutUri: 'frontchannel_logout_uri',
  backchannelLogoutUri: 'backchannel_logout_uri',
  userinfoSignedResponseAlg: 'userinfo_signed_response_alg',
  authorizationSignedResponseAlg: 'authorization_signed_response_alg',
  authorizationEncryptedResponseAlg: 'authorization_encrypted_response_alg',
  authorizationEncryptedResponseEnc: 'authorization_encrypted_response_enc',
  introspectionSignedResponseAlg: 'introspection_signed_response_alg',
  introspectionEncryptedResponseAlg: 'introspection_encrypted_response_alg',
  introspectionEncryptedResponseEnc: 'introspection_encrypted_response_enc',
  idTokenEncryptedResponseAlg: 'id_token_encrypted_response_alg',
  idTokenEncryptedResponseEnc: 'id_token_encrypted_response_enc',
  userinfoEncryptedResponseAlg: 'userinfo_encrypted_response_alg',
  userinfoEncryptedResponseEnc: 'userinfo_encrypted_response_enc',
  requestObjectSigningAlg: 'request_object_signing_alg',
} as const;

/** Maps the names in a registration to those of the metadata. */
const names: Readonly<Record<string, string>> = {
  ...optional,
  redirectURIs: 'redirect_uris',
  postLogoutRedirectURIs: 'post_logout_redirect_uris',
  tokenEndpointAuthMethod: 'token_endpoint_auth_method',
  authorizedGrantTypes: 'grant_types',
  responseTypes: 'response_types',
  name: 'client_name',
  scope: 'scope',
  idTokenSignedResponseAlg: 'id_token_signed_response_alg',
  requireSignedRequestObject: 'require_signed_request_object',
  requirePushedAuthorizationRequests: 'require_pushed_authorization_requests',
  dpopBoundAccessTokens: 'dpop_bound_access_tokens',
  tlsClientCertificateBoundAccessTokens: 'tls_client_certificate_bound_access_tokens',
  defaultMaxAgeSeconds: 'default_max_age',
  authorizationDetailsTypes: 'authorization_details_types',
};

type Optional = typeof optional;
const optionalPairs = Object.entries(optional) as [keyof Optional, Optional[keyof Optional]][];

/** What the operator permits self-registered clients. */
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
    name: metadata.client_name ?? 'An application',
    clientType: method === 'none' ? 'PUBLIC' : 'CONFIDENTIAL',
    tokenEndpointAuthMethod: method,
    authorizedGrantTypes: grantsOf(metadata),
    responseTypes: metadata.response_types ?? ['code'],
    scope: scopeOf(metadata, limits.scopes),
    redirectURIs: metadata.redirect_uris ?? [],
    postLogoutRedirectURIs: metadata.post_logout_redirect_uris ?? [],
    redirectMatching: 'exact',
    // No administrator has reviewed the client: the user must consent.
    requireConsent: true,
    ...Object.fromEntries(optionalPairs.map(([property, member]) => [property, metadata[member] ?? null])),
    frontchannelLogoutSessionRequired: metadata.frontchannel_logout_session_required ?? false,
    backchannelLogoutSessionRequired: metadata.backchannel_logout_session_required ?? false,
    idTokenSignedResponseAlg: metadata.id_token_signed_response_alg ?? 'RS256',
    requireSignedRequestObject: metadata.require_signed_request_object ?? false,
    requirePushedAuthorizationRequests: metadata.require_pushed_authorization_requests ?? false,
    dpopBoundAccessTokens: metadata.dpop_bound_access_tokens ?? false,
    tlsClientCertificateBoundAccessTokens: metadata.tls_client_certificate_bound_access_tokens ?? false,
    defaultMaxAgeSeconds: metadata.default_max_age ?? null,
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
  const isRedirect = field === 'redirectURIs';
  const description = plainDescription(`${names[field] ?? field}: ${first.message}`);
  return new OAuthError(isRedirect ? 'invalid_redirect_uri' : 'invalid_client_metadata', 400, description);
}

export function metadataOf(client: Client): Record<string, unknown> {
  const { tokenEndpointAuthMethod = 'client_secret_basic', authorizationDetailsTypes } = client;
  const given = {
    client_name: client.name,
    token_endpoint_auth_method: tokenEndpointAuthMethod,
    grant_types: client.grantTypes,
    response_types: client.responseTypes,
    scope: client.scope.join(' '),
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    ...Object.fromEntries(optionalPairs.map(([property, member]) => [member, client[property]])),
    frontchannel_logout_session_required: client.frontchannelLogoutSessionRequired,
    backchannel_logout_session_required: client.backchannelLogoutSessionRequired,
    id_token_signed_response_alg: client.idTokenSignedResponseAlg,
    require_signed_request_object: client.requireSignedRequestObject,
    require_pushed_authorization_requests: client.requirePushedAuthorizationRequests,
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
    tls_client_certificate_bound_access_tokens: client.tlsClientCertificateBoundAccessTokens,
    default_max_age: client.defaultMaxAgeSeconds,
    authorization_details_types:
      authorizationDetailsTypes.length === 0 ? undefined : authorizationDetailsTypes,
    subject_type: 'public',
  };
  return definedOnly(given);
}

/** Refuses members that a client would otherwise believe to be in force. */
function refuseWhatIsNotOffered(metadata: ClientMetadata): void {
  if (metadata.software_statement !== undefined) {
    throw new OAuthError(
      'unapproved_software_statement',
      400,
      'Software statements are not accepted: send the metadata themselves',
    );
  }
  const { subject_type: subjectType, sector_identifier_uri: sector } = metadata;
  if ((subjectType !== undefined && subjectType !== 'public') || sector !== undefined) {
    throw invalid('subject_type: must be public, and sector_identifier_uri is not offered');
  }
  // A client that nobody has reviewed must not ask people who never came to it.
  const backchannel = Object.keys(metadata).find((name) =>
    /^backchannel_(?:token|auth|client|user)/.test(name),
  );
  if (backchannel !== undefined)
    throw invalid(`${backchannel}: only an operator registers clients for backchannel authentication`);
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
  if (name === undefined) return;
  const description = `${name}: must use https, or http towards 127.0.0.1, [::1] or localhost`;
  throw name === 'redirect_uris'
    ? new OAuthError('invalid_redirect_uri', 400, description)
    : invalid(description);
}

function grantsOf({
  grant_types: grants = ['authorization_code'],
  redirect_uris: uris = [],
}: ClientMetadata) {
  const refused = grants.find((grant) => !allowedGrants.includes(grant));
  if (refused !== undefined) throw invalid(`grant_types: must be some of ${allowedGrants.join(', ')}`);
  if (grants.includes('authorization_code') && uris.length === 0) {
    throw new OAuthError(
      'invalid_redirect_uri',
      400,
      'redirect_uris: the authorization code grant needs one',
    );
  }
  return grants;
}

function scopeOf({ scope }: ClientMetadata, allowed: readonly string[]): string[] {
  if (scope === undefined) return [...allowed];
  const values = parseScope(scope);
  if (values === undefined || !values.every((value) => allowed.includes(value))) {
    throw invalid(`scope: must be some of ${allowed.join(' ')}`);
  }
  return values;
}

function detailTypesOf(
  { authorization_details_types: types = [] }: ClientMetadata,
  allowed: readonly string[],
) {
  if (types.every((type) => allowed.includes(type))) return types;
  throw invalid(
    allowed.length === 0
      ? 'authorization_details_types: self-registered clients may have none here'
      : `authorization_details_types: must be some of ${allowed.join(' ')}`,
  );
}

function invalid(description: string): OAuthError {
  return new OAuthError('invalid_client_metadata', 400, description);
}
