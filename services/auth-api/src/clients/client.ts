/** Defines a registered OAuth client and the questions about its registration. */

import type { StoredSecret } from '@gatehouse/caller-auth/credentials/stored-secret';
import type { BrandImage } from '@gatehouse/contracts/environment-api/branding';
import type { ContentEncryption, EncryptionAlgorithm } from '../assertions/encryption.ts';
import type { KeySource } from '../assertions/key-sets.ts';
import type { SigningAlgorithm } from '../keys/algorithms.ts';
import type { DetailType } from '../protocol/authorization-details.ts';
import type { RedirectMatching } from '../protocol/redirect-uri.ts';
import type { ResponseType } from '../protocol/response-types.ts';
import type { MembershipClaim } from '../protocol/user-claims.ts';

export type ClientType = 'CONFIDENTIAL' | 'PUBLIC';
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

/** Which tokens the client may exchange: empty lists refuse everything (RFC 8693 leaves this to the server). */
export interface TokenExchangePolicy {
  /** Clients whose tokens this client may present as subject; its own id must be listed too. */
  subjectClients: string[];
  /** Client ids that it may ask for as audience, besides itself. */
  audiences: string[];
  /** Whether it may present an actor_token: the issued token then says who acts for the user. */
  delegation: boolean;
  /** Whether it may present ID tokens. */
  idTokens?: boolean | undefined;
  /** Whether it may ask for refresh tokens. */
  refreshTokens?: boolean | undefined;
  /** The one client that may act for users with tokens of this client (`may_act`, section 4.4). */
  mayAct?: string | undefined;
}

interface ClientTokens {
  accessTokenFormat: 'opaque' | 'jwt';
  /** Compat: opaque access tokens are UUIDs; undefined: as the installation's profile says. */
  uuidAccessTokens?: boolean;
  accessTokenSignedResponseAlg: SigningAlgorithm;
  idTokenSignedResponseAlg: SigningAlgorithm;
  /** Flat lists that its tokens and UserInfo contain whatever the scope. */
  membershipClaims: MembershipClaim[];
  /** Undefined: userinfo answers in JSON. */
  userinfoSignedResponseAlg?: SigningAlgorithm;
}

/** How what is answered to the client is protected; without an algorithm of encryption it is not encrypted. */
interface ClientEncryption {
  /** JARM section 3; undefined with the next one: it may ask for plain responses. */
  authorizationSignedResponseAlg?: SigningAlgorithm;
  authorizationEncryptedResponseAlg?: EncryptionAlgorithm;
  authorizationEncryptedResponseEnc?: ContentEncryption;
  /** RFC 9701 section 6, where the client asks for a JWT. */
  introspectionSignedResponseAlg?: SigningAlgorithm;
  introspectionEncryptedResponseAlg?: EncryptionAlgorithm;
  introspectionEncryptedResponseEnc?: ContentEncryption;
  /** OpenID Connect Registration section 2. */
  idTokenEncryptedResponseAlg?: EncryptionAlgorithm;
  idTokenEncryptedResponseEnc?: ContentEncryption;
  userinfoEncryptedResponseAlg?: EncryptionAlgorithm;
  userinfoEncryptedResponseEnc?: ContentEncryption;
}

/** How the client is notified when a session ends (OpenID Connect Front-Channel and Back-Channel Logout). */
interface ClientLogout {
  frontchannelLogoutUri?: string;
  /** Whether `iss` and `sid` are added to the address. */
  frontchannelLogoutSessionRequired: boolean;
  backchannelLogoutUri?: string;
  backchannelLogoutSessionRequired: boolean;
}

/** Pages of the client that the sign-in and consent pages link to (RFC 7591 section 2). */
export interface ClientPages {
  clientUri?: string;
  policyUri?: string;
  tosUri?: string;
  /** Where its picture was taken from, at registration. */
  logoUri?: string;
  /** What became of it; pages show this copy. */
  logo?: BrandImage;
}

/** Protections that the client requires for its own requests and tokens. */
interface ClientProtection {
  /** RFC 9126 section 6 */
  requirePushedAuthorizationRequests: boolean;
  /** RFC 9101 section 10.5 */
  requireSignedRequestObject: boolean;
  /** Undefined: any supported one. */
  requestObjectSigningAlg?: string;
  /** RFC 9449 section 5.2 */
  dpopBoundAccessTokens: boolean;
  /** RFC 8705 section 3.4 */
  tlsClientCertificateBoundAccessTokens: boolean;
}

/** An issuer whose assertions the client may exchange for tokens (RFC 7523 section 2.1). */
export interface AssertionIssuer extends KeySource {
  /** Its `iss`. */
  issuer: string;
  /** What its `aud` must be; undefined: this server. */
  audience?: string;
  /** The claim that names the user; undefined: `sub`. */
  subjectClaim?: string;
  /** Which attribute of a person the claim contains; undefined: the user name. */
  userLookup?: 'userName' | 'email' | 'externalId';
  /** Contact centres whose users it may name; undefined: those of the client. */
  contactCenterIds?: string[];
}

/** An identity provider whose assertions the client may turn into tokens (RFC 7522). */
export interface SamlAssertionIssuer {
  /** Its entity id. */
  issuer: string;
  /** PEM; one of them has signed the assertion. */
  certificates: string[];
  /** Undefined: our issuer or the token endpoint. */
  audience?: string;
  /** The attribute that names the user; undefined: the NameID. */
  userNameAttribute?: string;
  /** Which attribute of a person the name is compared with; undefined: the user name. */
  userLookup?: 'userName' | 'email' | 'externalId';
  /** Contact centres whose users it may name; undefined: those of the client. */
  contactCenterIds?: string[];
}

/** How the client may ask for the approval of a person who is elsewhere (OpenID CIBA section 4). */
interface ClientBackchannel {
  /** Undefined: `poll`, the only one that there is. */
  backchannelTokenDeliveryMode?: 'poll';
  /** Its requests are signed by this algorithm; undefined: they are not signed. */
  backchannelAuthenticationRequestSigningAlg?: string;
  /** Whether its requests must contain the code that the person has chosen. */
  backchannelUserCodeParameter: boolean;
}

export interface Client
  extends KeySource,
    ClientTokens,
    ClientEncryption,
    ClientLogout,
    ClientPages,
    ClientProtection,
    ClientBackchannel {
  clientId: string;
  name: string;
  description: string;
  clientType: ClientType;
  internalClient: boolean;
  /** Current secret first; a PUBLIC client has none. */
  secrets: StoredSecret[];
  authorities: string[];
  /** `*` stands for every scope. */
  scope: string[];
  grantTypes: string[];
  responseTypes: ResponseType[];
  /** Compat: the authorization endpoint takes the user's own Basic credentials; undefined: as the installation's profile says. */
  basicAuthorize?: boolean;
  /** Compat: its tokens sign their user out everywhere without the scope `sessions`; undefined: as the installation's profile says. */
  globalSignOut?: boolean;
  /** Whether users are asked before the client gets access. */
  requireConsent: boolean;
  /** Maximum age of a login if the request has no `max_age`. */
  defaultMaxAgeSeconds?: number;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  redirectMatching: RedirectMatching;
  requirePkce: boolean;
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
  /** Its refresh tokens expire if they are not used for this long; undefined: the installation's setting. */
  refreshTokenIdleSeconds?: number;
  /** Contact centres whose users may sign in through it; empty means every one. */
  contactCenterIds: string[];
  /** Undefined: either way of sending the secret. */
  tokenEndpointAuthMethod?: ClientAuthMethod;
  tokenExchange: TokenExchangePolicy;
  jwtBearer: { issuers: AssertionIssuer[] };
  samlBearer: { issuers: SamlAssertionIssuer[] };
  /** Resource identifiers (RFC 8707) under which others may name this client as audience. */
  resources: string[];
  /** Types of authorization details (RFC 9396) that this client, as a resource, understands. */
  detailTypes: DetailType[];
  /** Types that it may ask for. */
  authorizationDetailsTypes: string[];
  /** It registered itself (RFC 7591). */
  registeredDynamically: boolean;
  /** RFC 7592: hash of the token with which it manages its registration. */
  registrationAccessTokenHash?: string;
  /** When it last authenticated, accurate to some minutes; undefined: not since this is recorded. */
  lastUsedAtMs?: number;
  /** When it last got tokens, by grant type, accurate to some minutes. */
  lastGrants: Readonly<Record<string, number>>;
  createdAtMs: number;
  updatedAtMs: number;
  version: number;
}

/** What may be encrypted to the client; each has the fields `…Alg` and `…Enc`. */
export const encryptedAnswers = [
  'authorizationEncryptedResponse',
  'introspectionEncryptedResponse',
  'idTokenEncryptedResponse',
  'userinfoEncryptedResponse',
] as const;

/** Whether the client authenticates by a secret: others have none, and cannot use one. */
export function usesSecret({ clientType, tokenEndpointAuthMethod }: Client): boolean {
  return clientType === 'CONFIDENTIAL' && tokenEndpointAuthMethod !== 'private_key_jwt';
}

/** Whether each of its tokens is bound to a key or certificate, so that a thief cannot use it. */
export function hasBoundTokens({
  dpopBoundAccessTokens,
  tlsClientCertificateBoundAccessTokens,
}: Client): boolean {
  return dpopBoundAccessTokens || tlsClientCertificateBoundAccessTokens;
}

/** Whether the FAPI 2.0 Security Profile applies: it pushes its requests, and its tokens are bound. */
export function followsFapi(client: Client): boolean {
  return client.requirePushedAuthorizationRequests && hasBoundTokens(client);
}

/** Whether the FAPI-CIBA profile applies: it signs what it asks a person for, and its tokens are bound. */
export function followsFapiCiba(client: Client): boolean {
  return client.backchannelAuthenticationRequestSigningAlg !== undefined && hasBoundTokens(client);
}

/** Whether users of the contact centre may use the client: single sign-on never crosses into another one. */
export function servesContactCenter(
  { contactCenterIds }: Pick<Client, 'contactCenterIds'>,
  id: string,
): boolean {
  return contactCenterIds.length === 0 || contactCenterIds.includes(id);
}

/** The contact centre whose people alone may use the client. */
export function onlyCenterOf({
  contactCenterIds: [only, another],
}: Pick<Client, 'contactCenterIds'>): string | undefined {
  return another === undefined ? only : undefined;
}
