/** Describes each field of a client for the reference of the API. */
import type { ZodType } from 'zod';

const texts = {
  client_id: 'Chosen by the caller; made up without it. Cannot be changed.',
  name: 'As consent pages and the account page show it; the client id without it.',
  description: 'For administrators.',
  client_secret:
    'A chosen secret, or its argon2id or bcrypt hash (`{bcrypt}` too) from elsewhere. Without it a CONFIDENTIAL client gets a generated one.',
  clientType: 'PUBLIC: it has no secret and must use PKCE.',
  internalClient: 'A service of the estate: it may ask about the tokens of every contact centre.',
  authorities: "Of the client's own tokens; `ROLE_MANAGEMENT_APPLICATION` administers.",
  scope: '`*` stands for every value.',
  authorizedGrantTypes:
    'Grants that it may use. An internal client also shows the two `urn:` ones of services.',
  redirectURIs: 'Where codes may be sent.',
  postLogoutRedirectURIs: 'Where a browser may go on to after signing out.',
  accessTokenExpirationTimeout: 'Life of an access token, in seconds.',
  refreshTokenExpirationTimeout: 'Life of the refresh tokens of one sign-in, in seconds.',
  refreshTokenIdleTimeout:
    'They end before that when nobody uses them for so long, in seconds; as the installation says without it.',
  contactCenterIds:
    'Whose users may sign in through it; empty: everybody. Those of one that is taken out lose their tokens.',
  redirectMatching: '`origin`: also below a registered address (compat).',
  requirePkce: 'Codes are given out only with a code challenge (RFC 7636).',
  accessTokenFormat: '`jwt`: signed by RFC 9068, so that resource services can read it themselves.',
  accessTokenSignedResponseAlg: 'Of JWT access tokens.',
  idTokenSignedResponseAlg: 'Of ID tokens.',
  membershipClaims:
    'Flat lists (`roles`, `groups`) that ID tokens, UserInfo, introspection and JWT access tokens contain whatever the scope.',
  userinfoSignedResponseAlg: 'UserInfo answers a signed JWT; JSON without it.',
  responseTypes: 'What the authorization endpoint may answer; the response types of its grants without it.',
  basicAuthorize:
    "Compat: the authorization endpoint takes the user's own Basic credentials; as the compat profile says without it.",
  globalSignOut:
    'Compat: its tokens end every session of their user, whatever their scope; as the compat profile says without it.',
  uuidAccessTokens: 'Compat: opaque access tokens are UUIDs; as the compat profile says without it.',
  requireConsent: 'Users are asked before the client gets access.',
  defaultMaxAgeSeconds: 'A sign-in that is older is asked for again, where the request says no `max_age`.',
  tokenEndpointAuthMethod: 'How it proves itself; either way of sending the secret without it.',
  tokenExchange:
    'Whose tokens it may exchange for which audiences (RFC 8693); empty lists refuse everything.',
  jwtBearer: 'Whose assertions it may turn into tokens (RFC 7523), each issuer with its keys.',
  samlBearer: 'Whose SAML assertions it may turn into tokens (RFC 7522), each issuer with its certificates.',
  resources: 'Under which `resource` others may name it as audience (RFC 8707).',
  detailTypes:
    'Types of `authorization_details` (RFC 9396) that it understands as a resource: what a request may contain, and the text of the consent page.',
  authorizationDetailsTypes: 'Types of `authorization_details` that it may ask for.',
  jwks: 'Its public keys by value (RFC 7517).',
  jwksUri: 'Or the https address they are read from.',
  frontchannelLogoutUri: 'Shown in a frame when a session ends; on the origin of a redirect URI.',
  frontchannelLogoutSessionRequired: 'That address gets `iss` and `sid`.',
  backchannelLogoutUri: 'Told by a logout token when a session ends.',
  backchannelLogoutSessionRequired: 'That token names the session.',
  authorizationSignedResponseAlg: 'Every authorization response is a JWT signed by it (JARM).',
  authorizationEncryptedResponseAlg: 'And encrypted to a key of the client; not without it.',
  authorizationEncryptedResponseEnc: 'How its content is encrypted; A128CBC-HS256 without it.',
  introspectionSignedResponseAlg:
    'How answers about tokens are signed where it asks for JWTs (RFC 9701); RS256 without it.',
  introspectionEncryptedResponseAlg: 'And encrypted to a key of the client; not without it.',
  idTokenEncryptedResponseAlg: 'ID tokens are encrypted to a key of the client; not without it.',
  idTokenEncryptedResponseEnc: 'How their content is encrypted; A128CBC-HS256 without it.',
  userinfoEncryptedResponseAlg:
    'UserInfo answers a JWT that is encrypted to a key of the client; not without it.',
  userinfoEncryptedResponseEnc: 'How its content is encrypted; A128CBC-HS256 without it.',
  introspectionEncryptedResponseEnc: 'How their content is encrypted; A128CBC-HS256 without it.',
  clientUri: 'Its home page, linked from the sign-in and consent pages.',
  policyUri: 'Its privacy policy, linked there.',
  tosUri: 'Its terms of service, linked there.',
  logoUri:
    'Its picture, shown there: PNG, JPEG, WebP or GIF of at most 256 KiB. It is fetched and stored when this is set, and never loaded from there by a page.',
  requirePushedAuthorizationRequests: 'Authorization requests come by RFC 9126 only.',
  requireSignedRequestObject: 'Authorization requests are signed (RFC 9101).',
  requestObjectSigningAlg: 'How they are signed; any algorithm that is known here without it.',
  backchannelTokenDeliveryMode:
    'How it gets tokens that a person elsewhere approved (OpenID CIBA): it polls.',
  backchannelAuthenticationRequestSigningAlg:
    'Its requests for an approval are signed by this algorithm; not signed without it.',
  backchannelUserCodeParameter: 'Its requests for an approval contain the code that the person has chosen.',
  dpopBoundAccessTokens: 'Its tokens are bound to a key (RFC 9449).',
  tlsClientCertificateBoundAccessTokens: 'Its tokens are bound to its TLS certificate (RFC 8705).',
  encryptedClientSecret:
    'Compat: whether the answer shows the secret under `encrypted_client_secret`; as the compat profile says without it.',
} as const;

export type DescribedField = keyof typeof texts;

/** Adds the descriptions to the fields. */
export function described<T extends { [K in keyof T]: K extends DescribedField ? ZodType : never }>(
  shape: T,
): T {
  const entries = Object.entries<ZodType>(shape);
  return Object.fromEntries(
    entries.map(([name, schema]) => [name, schema.describe(texts[name as DescribedField])]),
  ) as unknown as T;
}
