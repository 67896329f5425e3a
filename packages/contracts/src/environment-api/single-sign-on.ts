/** Describes single sign-on of a contact centre: what is stored, and what Auth API reads. */
import { z } from 'zod';

/** How a name from an identity provider finds its person on the Configuration Server. */
export const userLookupSchema = z.enum(['userName', 'email', 'externalId']);

/** The settings that both protocols have. */
const sharedSettings = {
  enabled: z.boolean(),
  /** Members of these Configuration Server groups use single sign-on, the others their password; empty = everybody. */
  accessGroups: z.array(z.string()),
  /** These user names keep their password: accounts for the day on which the identity provider is away. */
  passwordUsers: z.array(z.string()).optional(),
  /** Names must end with `@` and this domain, which is taken off before the person is looked up. */
  userNameDomain: z.string().optional(),
  /** Only members of one of these groups at the identity provider are let in; nobody gets rights by them. */
  requiredGroups: z.array(z.string()).optional(),
  /** Authentication context of the identity provider that means more than one factor: for applications that ask for `acr` 2. */
  strongContext: z.string().optional(),
  /** Those that mean more than one factor, one of which no look-alike page can take. */
  phishingResistantContexts: z.array(z.string()).optional(),
  userLookup: userLookupSchema,
  /** Whether the first sign-in of a person creates them in the people store; people are found by issuer and subject then. */
  createPeople: z.boolean().optional(),
  /** Whether names, address and groups of people follow the identity provider at each sign-in. */
  updatePeople: z.boolean().optional(),
  /** Groups of the people store that the identity provider gives, in the form of `groupMapping`. */
  peopleGroups: z.array(z.string()).optional(),
  /** Signing out here signs out there. */
  logout: z.boolean(),
};

/** The one format by which an identity provider promises never to name somebody else (SAML core section 8.3.7). */
export const persistentNameId = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

export const samlSettingsSchema = z.object({
  ...sharedSettings,
  binding: z.enum(['post', 'redirect']),
  /** One of the two, once it is enabled. */
  idpMetadataXml: z.string().optional(),
  idpMetadataUrl: z.string().optional(),
  /** PEM: the metadata counts only if this certificate has signed it. */
  idpMetadataCertificate: z.string().optional(),
  userNameSource: z.enum(['nameId', 'attribute']),
  userNameAttribute: z.string().optional(),
  /** Attribute by which a person is found where people are created; a persistent NameID without it. */
  subjectAttribute: z.string().optional(),
  /** Attributes of a person who is created. */
  firstNameAttribute: z.string().optional(),
  lastNameAttribute: z.string().optional(),
  emailAttribute: z.string().optional(),
  /** Attribute that holds the groups which `requiredGroups` and `peopleGroups` speak of. */
  groupsAttribute: z.string().optional(),
  nameIdFormat: z.string().optional(),
  signRequests: z.boolean(),
  requireSignedResponse: z.boolean(),
  encryptAssertions: z.boolean(),
  allowIdpInitiated: z.boolean(),
  clockSkewSeconds: z.int(),
});

export const oidcSettingsSchema = z.object({
  ...sharedSettings,
  issuer: z.string().optional(),
  /** Where the identity provider publishes no discovery document: all of its addresses that are used. */
  authorizationEndpoint: z.string().optional(),
  tokenEndpoint: z.string().optional(),
  jwksUri: z.string().optional(),
  userInfoEndpoint: z.string().optional(),
  endSessionEndpoint: z.string().optional(),
  clientId: z.string().optional(),
  tokenEndpointAuthMethod: z.enum([
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'private_key_jwt',
    'none',
  ]),
  scopes: z.array(z.string()),
  userNameClaim: z.string(),
  /** Whether an `email` counts for verified where the identity provider does not say so; what it calls unverified never does. */
  assumeVerifiedEmail: z.boolean().optional(),
  /** Claim that holds the groups which `requiredGroups` and `peopleGroups` speak of. */
  groupsClaim: z.string().optional(),
  /** Whether the claims of the UserInfo endpoint are asked for as well. */
  userInfo: z.boolean().optional(),
  responseMode: z.enum(['query', 'form_post']).optional(),
  prompt: z.enum(['none', 'login', 'consent', 'select_account']).optional(),
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

const arrow = ' -> ';

/** An entry of `peopleGroups`: `Agents`, or `cc-agents -> Agents` where the identity provider calls the group otherwise. */
export function groupMapping(entry: string): { there: string; group: string } {
  const at = entry.lastIndexOf(arrow);
  if (at < 0) return { there: entry.trim(), group: entry.trim() };
  return { there: entry.slice(0, at).trim(), group: entry.slice(at + arrow.length).trim() };
}

/** Where a client secret is stored; the seal is bound to it. */
export function clientSecretPlace(contactCenterId: string, location: string) {
  return { table: 'environment.single_sign_on', row: `${contactCenterId}/oidc${location}`, column: 'secret' };
}

export type SamlSettings = z.infer<typeof samlSettingsSchema>;
export type OidcSettings = z.infer<typeof oidcSettingsSchema>;
export type SingleSignOnView = z.infer<typeof singleSignOnViewSchema>;
