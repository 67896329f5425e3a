/** Ties each field of a client to its property, its column, and its member of client metadata (RFC 7591 section 2). */
import { bareOf, described } from '@gatehouse/contracts/resource';
import { z } from 'zod';
import { checkedClient } from './validation/checked-keys.ts';

type Fields = Omit<typeof checkedClient.fields, 'client_secret'>;
type ClientField = keyof Fields;
export type DescribedField<F extends ClientField> = Fields[F];

/** Properties that have another name than their field. */
const properties = {
  client_id: 'clientId',
  authorizedGrantTypes: 'grantTypes',
  redirectURIs: 'redirectUris',
  postLogoutRedirectURIs: 'postLogoutRedirectUris',
  accessTokenExpirationTimeout: 'accessTokenTtlSeconds',
  refreshTokenExpirationTimeout: 'refreshTokenTtlSeconds',
  refreshTokenIdleTimeout: 'refreshTokenIdleSeconds',
} as const;

/** The only fields that a client may register itself. */
export const members = {
  redirectURIs: 'redirect_uris',
  tokenEndpointAuthMethod: 'token_endpoint_auth_method',
  authorizedGrantTypes: 'grant_types',
  responseTypes: 'response_types',
  name: 'client_name',
  clientUri: 'client_uri',
  policyUri: 'policy_uri',
  tosUri: 'tos_uri',
  logoUri: 'logo_uri',
  initiateLoginUri: 'initiate_login_uri',
  scope: 'scope',
  jwks: 'jwks',
  jwksUri: 'jwks_uri',
  postLogoutRedirectURIs: 'post_logout_redirect_uris',
  frontchannelLogoutUri: 'frontchannel_logout_uri',
  frontchannelLogoutSessionRequired: 'frontchannel_logout_session_required',
  backchannelLogoutUri: 'backchannel_logout_uri',
  backchannelLogoutSessionRequired: 'backchannel_logout_session_required',
  idTokenSignedResponseAlg: 'id_token_signed_response_alg',
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
  requireSignedRequestObject: 'require_signed_request_object',
  requirePushedAuthorizationRequests: 'require_pushed_authorization_requests',
  dpopBoundAccessTokens: 'dpop_bound_access_tokens',
  tlsClientCertificateBoundAccessTokens: 'tls_client_certificate_bound_access_tokens',
  defaultMaxAgeSeconds: 'default_max_age',
  authorizationDetailsTypes: 'authorization_details_types',
} as const satisfies { [F in ClientField]?: string };

export type RegisteredField = keyof typeof members;

export function isRegistered(field: string): field is RegisteredField {
  return Object.hasOwn(members, field);
}

type Property<F> = F extends keyof typeof properties ? (typeof properties)[F] : F;
type OptionalField = { [F in keyof Fields]: undefined extends z.output<Fields[F]> ? F : never }[keyof Fields];

/** The fields as properties; an optional one is absent and never undefined. */
export type DescribedProperties = {
  [F in Exclude<keyof Fields, OptionalField> as Property<F>]: z.output<Fields[F]>;
} & { [F in OptionalField as Property<F>]?: Exclude<z.output<Fields[F]>, undefined> };

/** In the order of the description; without the secret, which is kept otherwise. */
export const table = described(checkedClient).flatMap(([name, schema, facts]) => {
  if (facts.isSecret) return [];
  const field = name as ClientField;
  const property = propertyOf(field);
  const bare = bareOf(schema);
  const element = bare instanceof z.ZodArray ? bareOf(bare.element as z.ZodType) : bare;
  const isJson = element instanceof z.ZodObject;
  const isTexts = bare instanceof z.ZodArray && !isJson;
  return [{ field, property, column: columnOf(property), bare, isJson, isTexts, facts }];
});

/** In the order of `members`: a refusal names what is wrong with metadata in it. */
export const registered = Object.entries(members).flatMap(([name, member]) =>
  table.filter(({ field }) => field === name).map((entry) => ({ ...entry, member })),
);

function propertyOf(field: ClientField) {
  return (field in properties ? properties[field as keyof typeof properties] : field) as Property<
    keyof Fields
  >;
}

export function columnOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The same values under the names of the properties. */
export function asProperties<V extends object>(values: V) {
  const entries = Object.entries(values).map(([field, value]) => [propertyOf(field as ClientField), value]);
  return Object.fromEntries(entries) as { [F in keyof V as Property<F> & PropertyKey]: V[F] };
}
