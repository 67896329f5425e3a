/** Validates clients as administrators and provisioning scripts send them. */

import { installationAdminAuthority } from '@gatehouse/contracts/auth-api/console';
import { wrapped } from '@gatehouse/contracts/envelope';
import { freeText, label } from '@gatehouse/contracts/text';
import { pageQuery } from '@gatehouse/service-kit/http/page';
import { integer } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { contentEncryptions, encryptionAlgorithms } from '../assertions/encryption.ts';
import { signingAlgorithms } from '../keys/algorithms.ts';
import { detailTypeNameSchema, detailTypeSchema } from '../protocol/authorization-details.ts';
import { backchannelGrantType } from '../protocol/grant-types.ts';
import { parseScope } from '../protocol/parameters.ts';
import { maxUriLength, redirectUriProblem } from '../protocol/redirect-uri.ts';
import { responseTypes } from '../protocol/response-types.ts';
import { membershipClaims } from '../protocol/user-claims.ts';
import { described } from './field-texts.ts';
import { jwtBearerSchema, keySourceFields } from './key-source-schemas.ts';
import { samlBearerSchema } from './saml-issuer-schemas.ts';

const grantTypes = [
  'authorization_code',
  'client_credentials',
  'refresh_token',
  'password',
  'implicit',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'urn:ietf:params:oauth:grant-type:device_code',
  backchannelGrantType,
] as const;

export const clientIdPattern = /^[A-Za-z0-9._~@-]{1,128}$/;

const clientIdSchema = z.string().regex(clientIdPattern, 'must have 1 to 128 letters, digits or . _ ~ @ -');

const redirectUri = freeText(maxUriLength).superRefine((text, context) => {
  const problem = redirectUriProblem(text);
  if (problem !== undefined)
    context.addIssue({ code: 'custom', message: problem, params: { reason: 'no_address' } });
});

/** The front-channel logout page is shown in a frame, so it must be a web page. */
const pageUri = redirectUri.refine((text) => /^https?:/i.test(text), {
  error: 'must use https or http',
  params: { reason: 'no_address' },
});

/** Users open it from our pages: only https, and a host that no user name hides. */
const linkedPage = freeText(maxUriLength).refine(isPlainHttps, {
  error: 'must be an https address without user name',
  params: { reason: 'no_address' },
});

const scopeValue = freeText(1024).refine((text) => parseScope(text)?.length === 1, {
  error: 'must be one scope value',
  params: { reason: 'wrong_characters' },
});
const name = freeText(256).min(1);
const authority = name.refine(
  (text) => text !== installationAdminAuthority,
  `must not be ${installationAdminAuthority}, which only the list of installation administrators gives`,
);
const lifetimeSeconds = z.int().min(1);
const maxInteger = 2_147_483_647;
const signingAlgorithm = z.enum(signingAlgorithms);
const requestSigningAlgorithm = z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']);
const encryptionAlgorithm = z.enum(encryptionAlgorithms);
const contentEncryption = z.enum(contentEncryptions);

const tokenExchange = z.strictObject({
  subjectClients: z.array(clientIdSchema).max(1000).default([]),
  audiences: z.array(clientIdSchema).max(1000).default([]),
  delegation: z.boolean().default(false),
  idTokens: z.boolean().default(false),
  refreshTokens: z.boolean().default(false),
  mayAct: clientIdSchema.optional(),
});

/** Fields of both create and update. */
const fields = {
  name,
  description: freeText(2000),
  client_secret: z.string().regex(/^[\x20-\x7e]{1,256}$/, 'must be 1 to 256 printable ASCII characters'),
  clientType: z.enum(['CONFIDENTIAL', 'PUBLIC']),
  internalClient: z.boolean(),
  authorities: z.array(authority).max(100),
  scope: z.array(scopeValue).min(1).max(100),
  authorizedGrantTypes: z.array(z.enum(grantTypes)).max(grantTypes.length),
  redirectURIs: z.array(redirectUri).max(200),
  postLogoutRedirectURIs: z.array(redirectUri).max(200),
  accessTokenExpirationTimeout: lifetimeSeconds,
  refreshTokenExpirationTimeout: lifetimeSeconds,
  contactCenterIds: z.array(label(128)).max(10_000),
  redirectMatching: z.enum(['exact', 'origin']),
  requirePkce: z.boolean(),
  accessTokenFormat: z.enum(['opaque', 'jwt']),
  accessTokenSignedResponseAlg: signingAlgorithm,
  idTokenSignedResponseAlg: signingAlgorithm,
  membershipClaims: z.array(z.enum(membershipClaims)).max(membershipClaims.length),
  responseTypes: z.array(z.enum(responseTypes)).max(responseTypes.length),
  requireConsent: z.boolean(),
  frontchannelLogoutSessionRequired: z.boolean(),
  backchannelLogoutSessionRequired: z.boolean(),
  requirePushedAuthorizationRequests: z.boolean(),
  requireSignedRequestObject: z.boolean(),
  dpopBoundAccessTokens: z.boolean(),
  tlsClientCertificateBoundAccessTokens: z.boolean(),
  backchannelUserCodeParameter: z.boolean(),
  tokenExchange,
  jwtBearer: jwtBearerSchema,
  samlBearer: samlBearerSchema,
  resources: z.array(z.url().max(512)).max(100),
  detailTypes: z.array(detailTypeSchema).max(50),
  authorizationDetailsTypes: z.array(detailTypeNameSchema).max(100),
};

/** `null` removes the value. */
const removableFields = {
  tokenEndpointAuthMethod: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']),
  refreshTokenIdleTimeout: lifetimeSeconds.max(maxInteger),
  uuidAccessTokens: z.boolean(),
  userinfoSignedResponseAlg: signingAlgorithm,
  basicAuthorize: z.boolean(),
  globalSignOut: z.boolean(),
  defaultMaxAgeSeconds: z.int().min(0).max(maxInteger),
  frontchannelLogoutUri: pageUri,
  backchannelLogoutUri: freeText(2048),
  authorizationSignedResponseAlg: signingAlgorithm,
  authorizationEncryptedResponseAlg: encryptionAlgorithm,
  authorizationEncryptedResponseEnc: contentEncryption,
  introspectionSignedResponseAlg: signingAlgorithm,
  introspectionEncryptedResponseAlg: encryptionAlgorithm,
  introspectionEncryptedResponseEnc: contentEncryption,
  idTokenEncryptedResponseAlg: encryptionAlgorithm,
  idTokenEncryptedResponseEnc: contentEncryption,
  userinfoEncryptedResponseAlg: encryptionAlgorithm,
  userinfoEncryptedResponseEnc: contentEncryption,
  clientUri: linkedPage,
  policyUri: linkedPage,
  tosUri: linkedPage,
  logoUri: linkedPage,
  requestObjectSigningAlg: requestSigningAlgorithm,
  backchannelTokenDeliveryMode: z.literal('poll', 'must be poll: ping and push are not offered'),
  backchannelAuthenticationRequestSigningAlg: requestSigningAlgorithm,
  ...keySourceFields,
};

export const clientPatchSchema = z.object(
  described({
    ...z.object(fields).partial().shape,
    ...nullish(removableFields),
    client_id: clientIdSchema.optional(),
  }),
);

export type ClientPatch = z.infer<typeof clientPatchSchema>;

const showsSecret = described({ encryptedClientSecret: z.boolean().optional() });

export const createBodySchema = wrapped(clientPatchSchema.extend(showsSecret));
export const updateBodySchema = wrapped(clientPatchSchema);

const maxGraceSeconds = 31_536_000;

export const rotateBodySchema = z
  .object({ data: z.object({ graceSeconds: integer(0, maxGraceSeconds).optional() }).optional() })
  .nullish();

export const listQuerySchema = z.object({
  ...pageQuery(),
  search: label(256).optional().describe('A part of the id, the name, the description or a redirect URI.'),
  contactCenterId: freeText(128).optional().describe('Clients that serve this contact centre.'),
});

export const clientParamsSchema = z.object({ client_id: freeText(128) });

function isPlainHttps(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

function nullish<T extends Record<string, z.ZodType>>(shape: T) {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.nullish()])) as {
    [K in keyof T]: z.ZodOptional<z.ZodNullable<T[K]>>;
  };
}
