/** Single sign-on of a contact centre: what is stored, and what Auth API is told. */
import { z } from 'zod';

/** How a name from an identity provider finds its person on the Configuration Server. */
export const userLookupSchema = z.enum(['userName', 'email', 'externalId']);

export const samlSettingsSchema = z.object({
  enabled: z.boolean(),
  /** Members of these Configuration Server groups use single sign-on, the others their password; empty = everybody. */
  accessGroups: z.array(z.string()),
  binding: z.enum(['post', 'redirect']),
  /** One of the two, once it is enabled. */
  idpMetadataXml: z.string().optional(),
  idpMetadataUrl: z.string().optional(),
  userNameSource: z.enum(['nameId', 'attribute']),
  userNameAttribute: z.string().optional(),
  userLookup: userLookupSchema,
  nameIdFormat: z.string().optional(),
  signRequests: z.boolean(),
  requireSignedResponse: z.boolean(),
  encryptAssertions: z.boolean(),
  allowIdpInitiated: z.boolean(),
  clockSkewSeconds: z.int(),
  /** Signing out here signs out there. */
  logout: z.boolean(),
});

export const oidcSettingsSchema = z.object({
  enabled: z.boolean(),
  accessGroups: z.array(z.string()),
  issuer: z.string().optional(),
  clientId: z.string().optional(),
  tokenEndpointAuthMethod: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']),
  scopes: z.array(z.string()),
  userNameClaim: z.string(),
  userLookup: userLookupSchema,
  prompt: z.enum(['none', 'login', 'consent', 'select_account']).optional(),
  logout: z.boolean(),
});

/** `GET /environment/v3/internal/contact-centers/{id}/single-sign-on?location=`: effective there. */
export const singleSignOnViewSchema = z.object({
  /** The contact centre's version covers them. */
  version: z.int(),
  saml: samlSettingsSchema.extend({ location: z.string() }).optional(),
  oidc: oidcSettingsSchema
    .extend({
      location: z.string(),
      /** Sealed; open it with `clientSecretPlace(contactCenterId, location)`. */
      clientSecretEnvelope: z.string().optional(),
    })
    .optional(),
});

/** Where a client secret is stored; the seal is bound to it. */
export function clientSecretPlace(contactCenterId: string, location: string) {
  return { table: 'environment.single_sign_on', row: `${contactCenterId}/oidc${location}`, column: 'secret' };
}

export type SamlSettings = z.infer<typeof samlSettingsSchema>;
export type OidcSettings = z.infer<typeof oidcSettingsSchema>;
export type SingleSignOnView = z.infer<typeof singleSignOnViewSchema>;
