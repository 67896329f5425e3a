/** Describes OAuth clients as the administration API answers them: an allow-list, so that no other field gets out. */
import { z } from 'zod';
import { nextCursorSchema, successStatus } from '../../envelope.ts';
import { imageSchema } from '../../environment-api/branding.ts';
import { freeText } from '../../text.ts';

const text = freeText(4096).min(1);

/** Public members of a key (RFC 7517): others are not kept. */
export const publicKeyMembers = {
  kty: z.enum(['RSA', 'EC', 'OKP'], 'must be RSA, EC or OKP'),
  kid: text.max(256).optional(),
  alg: text.max(32).optional(),
  use: z.enum(['sig', 'enc'], 'must be sig or enc').optional(),
  n: text.optional(),
  e: text.optional(),
  crv: text.optional(),
  x: text.optional(),
  y: text.optional(),
};

export const publicKeySchema = z.object(publicKeyMembers);

const texts = z.array(z.string());
const publicKeys = z.object({ keys: z.array(publicKeySchema) });

export const clientViewSchema = z.object({
  client_id: z.string(),
  name: z.string(),
  description: z.string(),
  clientType: z.enum(['CONFIDENTIAL', 'PUBLIC']),
  internalClient: z.boolean(),
  authorities: texts,
  scope: texts,
  authorizedGrantTypes: texts,
  redirectURIs: texts,
  postLogoutRedirectURIs: texts,
  accessTokenExpirationTimeout: z.int(),
  refreshTokenExpirationTimeout: z.int(),
  /** Absent: as the installation says. */
  refreshTokenIdleTimeout: z.int().optional(),
  contactCenterIds: texts,
  accessTokenFormat: z.string(),
  /** Absent: as the compat profile of the installation says. */
  uuidAccessTokens: z.boolean().optional(),
  accessTokenSignedResponseAlg: z.string(),
  idTokenSignedResponseAlg: z.string(),
  /** Absent in answers of the release before. */
  membershipClaims: texts.optional(),
  /** Absent: JSON. */
  userinfoSignedResponseAlg: z.string().optional(),
  authorizationSignedResponseAlg: z.string().optional(),
  authorizationEncryptedResponseAlg: z.string().optional(),
  authorizationEncryptedResponseEnc: z.string().optional(),
  introspectionSignedResponseAlg: z.string().optional(),
  introspectionEncryptedResponseAlg: z.string().optional(),
  introspectionEncryptedResponseEnc: z.string().optional(),
  idTokenEncryptedResponseAlg: z.string().optional(),
  idTokenEncryptedResponseEnc: z.string().optional(),
  userinfoEncryptedResponseAlg: z.string().optional(),
  userinfoEncryptedResponseEnc: z.string().optional(),
  tokenEndpointAuthMethod: z.string().optional(),
  redirectMatching: z.string(),
  requirePkce: z.boolean(),
  responseTypes: texts,
  /** Absent: as the compat profile of the installation says. */
  basicAuthorize: z.boolean().optional(),
  /** As the former; answers of the release before have none. */
  globalSignOut: z.boolean().optional(),
  requireConsent: z.boolean(),
  defaultMaxAgeSeconds: z.int().optional(),
  tokenExchange: z.object({
    subjectClients: texts,
    audiences: texts,
    delegation: z.boolean(),
    idTokens: z.boolean().optional(),
    refreshTokens: z.boolean().optional(),
    mayAct: z.string().optional(),
  }),
  jwtBearer: z.object({
    issuers: z.array(
      z.object({
        issuer: z.string(),
        audience: z.string().optional(),
        jwks: publicKeys.optional(),
        jwksUri: z.string().optional(),
        subjectClaim: z.string().optional(),
        userLookup: z.string().optional(),
        contactCenterIds: texts.optional(),
      }),
    ),
  }),
  samlBearer: z.object({
    issuers: z.array(
      z.object({
        issuer: z.string(),
        certificates: texts,
        audience: z.string().optional(),
        userNameAttribute: z.string().optional(),
        userLookup: z.string().optional(),
        contactCenterIds: texts.optional(),
      }),
    ),
  }),
  resources: texts,
  /** Absent, like the next, in answers of the release before. */
  detailTypes: z
    .array(
      z.object({
        type: z.string(),
        text: z.string().optional(),
        actions: texts.optional(),
        datatypes: texts.optional(),
        privileges: texts.optional(),
        identifier: z.boolean().optional(),
        members: z.record(z.string(), z.string()).optional(),
        required: texts.optional(),
      }),
    )
    .optional(),
  authorizationDetailsTypes: texts.optional(),
  jwks: publicKeys.optional(),
  jwksUri: z.string().optional(),
  frontchannelLogoutUri: z.string().optional(),
  frontchannelLogoutSessionRequired: z.boolean(),
  backchannelLogoutUri: z.string().optional(),
  backchannelLogoutSessionRequired: z.boolean(),
  clientUri: z.string().optional(),
  policyUri: z.string().optional(),
  tosUri: z.string().optional(),
  logoUri: z.string().optional(),
  logo: imageSchema.optional(),
  requirePushedAuthorizationRequests: z.boolean(),
  requireSignedRequestObject: z.boolean(),
  requestObjectSigningAlg: z.string().optional(),
  dpopBoundAccessTokens: z.boolean(),
  tlsClientCertificateBoundAccessTokens: z.boolean(),
  backchannelTokenDeliveryMode: z.string().optional(),
  backchannelAuthenticationRequestSigningAlg: z.string().optional(),
  backchannelUserCodeParameter: z.boolean(),
  /** When the client last proved itself (ms since 1970), some minutes behind. */
  lastUsedAt: z.int().optional(),
  /** When it last got tokens, by grant type, newest first, some minutes behind. Absent: none is recorded. */
  lastGrants: z.array(z.object({ grant_type: z.string(), at: z.int() })).optional(),
  createdAt: z.int(),
  updatedAt: z.int(),
});

/** The answers that hand out a secret, once. */
export const clientWithSecretSchema = clientViewSchema.extend({
  client_secret: z.string().optional(),
  encrypted_client_secret: z.string().optional(),
  /** After a rotation: until when the former secret is still accepted (ISO 8601). */
  formerSecretExpiresAt: z.iso.datetime().optional(),
});

export const clientListSchema = z.object({
  status: successStatus,
  data: z.array(clientViewSchema),
  nextCursor: nextCursorSchema,
});

export type ClientView = z.infer<typeof clientViewSchema>;
export type ClientWithSecret = z.infer<typeof clientWithSecretSchema>;
