/** Clients on the wire: the names that provisioning scripts send and read. */
import { z } from 'zod';
import { redirectUriProblem } from '../oauth/redirect-uri.ts';
import { parseScope } from '../oauth/scopes.ts';
import { keySourceFields, publicKeySchema } from './key-source-schemas.ts';

export const grantTypes = [
  'authorization_code',
  'client_credentials',
  'refresh_token',
  'password',
  'implicit',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
] as const;

export const clientIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~@-]{1,128}$/, 'must have 1 to 128 letters, digits or . _ ~ @ -');

const redirectUri = z.string().superRefine((text, context) => {
  const problem = redirectUriProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const scopeValue = z.string().refine((text) => parseScope(text)?.length === 1, 'must be one scope value');
const name = z.string().min(1).max(256);
const lifetimeSeconds = z.int().min(1);

const tokenExchange = z.strictObject({
  subjectClients: z.array(clientIdSchema).max(1000).default([]),
  audiences: z.array(clientIdSchema).max(1000).default([]),
  delegation: z.literal(false, 'delegation is not available').default(false),
});

/** Fields that both create and update take. */
const fields = {
  name,
  description: z.string().max(2000),
  client_secret: z.string().regex(/^[\x20-\x7e]{1,256}$/, 'must be 1 to 256 printable ASCII characters'),
  clientType: z.enum(['CONFIDENTIAL', 'PUBLIC']),
  internalClient: z.boolean(),
  authorities: z.array(name).max(100),
  scope: z.array(scopeValue).min(1).max(100),
  authorizedGrantTypes: z.array(z.enum(grantTypes)).max(grantTypes.length),
  redirectURIs: z.array(redirectUri).max(200),
  postLogoutRedirectURIs: z.array(redirectUri).max(200),
  accessTokenExpirationTimeout: lifetimeSeconds,
  refreshTokenExpirationTimeout: lifetimeSeconds,
  contactCenterIds: z.array(z.string().min(1).max(128)).max(10_000),
  accessTokenFormat: z.literal('opaque', 'only opaque access tokens are available'),
  tokenEndpointAuthMethod: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']),
  redirectMatching: z.enum(['exact', 'origin']),
  requirePkce: z.boolean(),
  tokenExchange,
  resources: z.array(z.url().max(512)).max(100),
  ...keySourceFields,
};

/** What would be believed to protect something is refused rather than ignored. */
const refused = z.undefined('is not available in this version');
const notAvailable = {
  backchannelLogoutUri: refused.optional(),
  frontchannelLogoutUri: refused.optional(),
  responseTypes: z.array(z.literal('code', 'only the response type code is available')).optional(),
};

export const clientPatchSchema = z.object(fields).partial().extend(notAvailable).extend({
  client_id: clientIdSchema.optional(),
});

export type ClientPatch = z.infer<typeof clientPatchSchema>;

export const createBodySchema = z.object({ data: clientPatchSchema, operationId: z.string().optional() });
export const updateBodySchema = z.object({ data: clientPatchSchema, operationId: z.string().optional() });
export const clientParamsSchema = z.object({ client_id: z.string().max(128) });

export const clientViewSchema = z.object({
  client_id: z.string(),
  name: z.string(),
  description: z.string(),
  clientType: z.enum(['CONFIDENTIAL', 'PUBLIC']),
  internalClient: z.boolean(),
  authorities: z.array(z.string()),
  scope: z.array(z.string()),
  authorizedGrantTypes: z.array(z.string()),
  redirectURIs: z.array(z.string()),
  postLogoutRedirectURIs: z.array(z.string()),
  accessTokenExpirationTimeout: z.int(),
  refreshTokenExpirationTimeout: z.int(),
  contactCenterIds: z.array(z.string()),
  accessTokenFormat: z.literal('opaque'),
  tokenEndpointAuthMethod: z.string().optional(),
  redirectMatching: z.string(),
  requirePkce: z.boolean(),
  responseTypes: z.array(z.string()),
  tokenExchange: z.object({
    subjectClients: z.array(z.string()),
    audiences: z.array(z.string()),
    delegation: z.boolean(),
  }),
  resources: z.array(z.string()),
  jwks: z.object({ keys: z.array(publicKeySchema) }).optional(),
  jwksUri: z.string().optional(),
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

export type ClientView = z.infer<typeof clientViewSchema>;
