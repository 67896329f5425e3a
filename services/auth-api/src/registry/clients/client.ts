/** Defines a registered OAuth client and the questions about its registration. */

import type { StoredSecret } from '@gatehouse/caller-auth/credentials';
import type { BrandImage } from '@gatehouse/contracts/environment-api';
import type { SigningAlgorithm } from '@gatehouse/contracts/resources';
import type { KeySource } from '../../core/assertions/key-sets.ts';
import { defaultAlgorithm } from '../../keys/signing-keys/algorithms.ts';
import type { DescribedProperties } from './table.ts';

export type ClientAuthMethod = NonNullable<Client['tokenEndpointAuthMethod']>;

/** The tokens that the client may exchange: empty lists refuse everything (RFC 8693 leaves this to the server). */
export type TokenExchangePolicy = Omit<Described['tokenExchange'], NewRight> &
  Partial<Pick<Described['tokenExchange'], NewRight>>;

/** An issuer whose assertions the client may exchange for tokens (RFC 7523 section 2.1). */
export type AssertionIssuer = Omit<Described['jwtBearer']['issuers'][number], keyof KeySource> & KeySource;

/** Pages of the client that the sign-in and consent pages link to (RFC 7591 section 2). */
export type ClientPages = Pick<Client, 'clientUri' | 'policyUri' | 'tosUri' | 'logoUri' | 'logo'>;

type Described = DescribedProperties;

/** Rows of before have none of them. */
type NewRight = 'idTokens' | 'refreshTokens';

/** The description says what each field means. */
export interface Client
  extends KeySource,
    Omit<Described, keyof KeySource | 'grantTypes' | 'tokenExchange' | 'jwtBearer'> {
  clientId: string;
  /** Current secret first; a PUBLIC client has none. */
  secrets: StoredSecret[];
  /** Some that no registration may name are given to the installation's own clients. */
  grantTypes: string[];
  tokenExchange: TokenExchangePolicy;
  jwtBearer: { issuers: AssertionIssuer[] };
  /** Our copy of the picture at `logoUri`; pages show it. */
  logo?: BrandImage;
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

/** The messages that may be encrypted to the client; each has the fields `…Alg` and `…Enc`. */
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

type BindingField = 'dpopBoundAccessTokens' | 'tlsClientCertificateBoundAccessTokens';
type FapiField = BindingField | 'requirePushedAuthorizationRequests';

/** Whether each of its tokens is bound to a key or certificate, so that a thief cannot use it. */
export function hasBoundTokens({
  dpopBoundAccessTokens,
  tlsClientCertificateBoundAccessTokens,
}: Pick<Client, BindingField>): boolean {
  return dpopBoundAccessTokens || tlsClientCertificateBoundAccessTokens;
}

/** Whether the FAPI 2.0 Security Profile applies: it pushes its requests, and its tokens are bound. */
export function followsFapi(client: Pick<Client, FapiField>): boolean {
  return client.requirePushedAuthorizationRequests && hasBoundTokens(client);
}

/** What signs for the client where it registered nothing. FAPI 2.0 section 5.4.1 forbids RS256, which others expect (RFC 7591). */
export function defaultAlgorithmFor(client: Pick<Client, FapiField>): SigningAlgorithm {
  return followsFapi(client) ? 'ES256' : defaultAlgorithm;
}

/** Whether the FAPI-CIBA profile applies: it signs what it asks a person for, and its tokens are bound. */
export function followsFapiCiba(client: Client): boolean {
  return client.backchannelAuthenticationRequestSigningAlg !== undefined && hasBoundTokens(client);
}

/** Whether a token with this audience is for the client. `issuer` means our own APIs, whoever has registered it as an address. */
export function isMeantFor(
  { clientId, resources }: Pick<Client, 'clientId' | 'resources'>,
  audience: readonly string[],
  issuer: string,
): boolean {
  return audience.some((name) => name === clientId || (name !== issuer && resources.includes(name)));
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
