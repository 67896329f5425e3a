/** Maps a client to a row of `auth.clients`: every stored property has the column of its name. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { Client } from './client.ts';

/** The database sets the other properties. */
type Stored = Omit<Client, 'version' | 'createdAtMs' | 'updatedAtMs' | 'lastUsedAtMs' | 'lastGrants'>;

export type ClientRow = Record<string, unknown> & {
  version: number;
  created_at: Date;
  updated_at: Date;
  last_used_at: Date | null;
  last_grants: Record<string, number>;
};

const properties: Record<keyof Required<Stored>, 'plain' | 'json'> = {
  clientId: 'plain',
  name: 'plain',
  description: 'plain',
  clientType: 'plain',
  internalClient: 'plain',
  secrets: 'json',
  authorities: 'plain',
  scope: 'plain',
  grantTypes: 'plain',
  responseTypes: 'plain',
  basicAuthorize: 'plain',
  globalSignOut: 'plain',
  requireConsent: 'plain',
  defaultMaxAgeSeconds: 'plain',
  redirectUris: 'plain',
  postLogoutRedirectUris: 'plain',
  redirectMatching: 'plain',
  requirePkce: 'plain',
  accessTokenTtlSeconds: 'plain',
  refreshTokenTtlSeconds: 'plain',
  refreshTokenIdleSeconds: 'plain',
  accessTokenFormat: 'plain',
  uuidAccessTokens: 'plain',
  accessTokenSignedResponseAlg: 'plain',
  idTokenSignedResponseAlg: 'plain',
  membershipClaims: 'plain',
  userinfoSignedResponseAlg: 'plain',
  authorizationSignedResponseAlg: 'plain',
  authorizationEncryptedResponseAlg: 'plain',
  authorizationEncryptedResponseEnc: 'plain',
  introspectionSignedResponseAlg: 'plain',
  introspectionEncryptedResponseAlg: 'plain',
  introspectionEncryptedResponseEnc: 'plain',
  idTokenEncryptedResponseAlg: 'plain',
  idTokenEncryptedResponseEnc: 'plain',
  userinfoEncryptedResponseAlg: 'plain',
  userinfoEncryptedResponseEnc: 'plain',
  contactCenterIds: 'plain',
  tokenEndpointAuthMethod: 'plain',
  tokenExchange: 'json',
  jwtBearer: 'json',
  samlBearer: 'json',
  resources: 'plain',
  detailTypes: 'json',
  authorizationDetailsTypes: 'plain',
  jwks: 'json',
  jwksUri: 'plain',
  frontchannelLogoutUri: 'plain',
  frontchannelLogoutSessionRequired: 'plain',
  backchannelLogoutUri: 'plain',
  backchannelLogoutSessionRequired: 'plain',
  clientUri: 'plain',
  policyUri: 'plain',
  tosUri: 'plain',
  logoUri: 'plain',
  logo: 'json',
  requirePushedAuthorizationRequests: 'plain',
  requireSignedRequestObject: 'plain',
  requestObjectSigningAlg: 'plain',
  dpopBoundAccessTokens: 'plain',
  tlsClientCertificateBoundAccessTokens: 'plain',
  backchannelTokenDeliveryMode: 'plain',
  backchannelAuthenticationRequestSigningAlg: 'plain',
  backchannelUserCodeParameter: 'plain',
  registeredDynamically: 'plain',
  registrationAccessTokenHash: 'plain',
};

const fields = (Object.keys(properties) as (keyof Stored)[]).map((property) => ({
  property,
  column: property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  isJson: properties[property] === 'json',
}));

/** In the order of the values that rowValues() makes; the client id first. */
export const columns: readonly string[] = fields.map(({ column }) => column);

/** Of a whole row: with those that the database sets. */
export const readColumns = [
  ...columns,
  'version',
  'created_at',
  'updated_at',
  'last_used_at',
  'last_grants',
].join(', ');

export function rowValues(client: Client): unknown[] {
  return fields.map(({ property, isJson }) => {
    const value = client[property];
    if (value === undefined) return null;
    return isJson ? JSON.stringify(value) : value;
  });
}

export function toClient(row: ClientRow): Client {
  const present = fields.filter(({ column }) => row[column] !== null);
  const stored = Object.fromEntries(present.map(({ property, column }) => [property, row[column]]));
  return {
    ...(stored as unknown as Stored),
    ...definedOnly({ lastUsedAtMs: row.last_used_at?.getTime() }),
    lastGrants: row.last_grants,
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
    version: row.version,
  };
}
