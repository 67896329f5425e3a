/** Describes what administrators ask about people of the people store beside SCIM. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { personStatus } from '../resources/person.ts';
import { label } from '../values/text.ts';
import { providerProtocols } from '../values/way-of-sign-in.ts';

export const issuedPasswordLinkSchema = z.object({
  url: z
    .string()
    .describe('Where the person chooses a first password. It works once and is shown this once.'),
  expiresAt: z.string().describe('ISO 8601, UTC.'),
});

export type IssuedPasswordLink = z.infer<typeof issuedPasswordLinkSchema>;

/** A person of the people store, without SCIM. */
export const storedPersonSchema = z.object({
  id: z.string().describe('The SCIM id.'),
  number: z.int().describe('As tokens carry it (`dbid`).'),
  version: z.int(),
  userName: z.string(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  email: z.string().optional().describe('The address that tokens show.'),
  employeeId: z.string().optional(),
  externalId: z.string().optional(),
  status: personStatus,
  hasPassword: z.boolean().describe('False: by single sign-on alone.'),
  groups: z.array(z.string()),
  createdAt: z.string().describe('ISO 8601, UTC.'),
  updatedAt: z.string().describe('ISO 8601, UTC.'),
});
components.add(storedPersonSchema, { id: 'StoredPerson' });

export type StoredPerson = z.infer<typeof storedPersonSchema>;

/** Names a person as an identity provider does. */
export const newSignOnLinkSchema = z.strictObject({
  protocol: z
    .enum(providerProtocols, { error: 'must be "saml" or "oidc"' })
    .describe('How the identity provider is spoken to.'),
  issuer: label(2_000).describe(
    'The issuer of OpenID Connect, or the entity id of a SAML identity provider.',
  ),
  subject: label(255).describe(
    'The `sub` of the person there; of SAML the persistent NameID, or the value of `subjectAttribute`.',
  ),
});

export const signOnLinkSchema = newSignOnLinkSchema.extend({
  id: z.string(),
  linkedBy: z.string().optional().describe('The administrator; absent: the first sign-in made the link.'),
  createdAt: z.string().describe('ISO 8601, UTC.'),
});
components.add(signOnLinkSchema, { id: 'SignOnLink' });

export type NewSignOnLink = z.infer<typeof newSignOnLinkSchema>;
export type SignOnLink = z.infer<typeof signOnLinkSchema>;

/** Attributes of the enterprise extension (RFC 7643 section 4.3). */
export const enterpriseUserUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const reference = z.looseObject({ value: z.string(), display: z.string().optional() });

/** The attributes of a SCIM user that our programs read (RFC 7643 section 4.1). */
export const scimUserSchema = z.looseObject({
  id: z.string(),
  userName: z.string(),
  externalId: z.string().optional(),
  active: z.boolean(),
  name: z.looseObject({ givenName: z.string().optional(), familyName: z.string().optional() }).optional(),
  emails: z
    .array(z.looseObject({ value: z.string().optional(), primary: z.boolean().optional() }))
    .optional(),
  groups: z.array(reference).optional(),
  [enterpriseUserUrn]: z.looseObject({ employeeNumber: z.string().optional() }).optional(),
});

export const scimGroupSchema = z.looseObject({ id: z.string(), displayName: z.string() });

/** An answer for one operation of a bulk request (RFC 7644 section 3.7.3). */
export const scimBulkResultSchema = z.looseObject({
  location: z.string().optional(),
  status: z.string(),
  response: z.looseObject({ detail: z.string().optional() }).optional(),
});

/** RFC 7644 section 3.12. */
export const scimErrorSchema = z.looseObject({
  schemas: z.array(z.literal('urn:ietf:params:scim:api:messages:2.0:Error')),
  detail: z.string(),
});

const address = z.object({ value: z.string(), type: z.literal('work').optional(), primary: z.boolean() });
/** By its SCIM id; in a bulk request also by that of the operation which makes it. */
const member = z.object({ value: z.string() });

/** A user as our programs create one. */
const newScimUserSchema = z.object({
  schemas: z.array(z.string()),
  userName: z.string().optional(),
  externalId: z.string().optional(),
  name: z.object({ givenName: z.string().optional(), familyName: z.string().optional() }).optional(),
  emails: z.array(address).optional(),
  [enterpriseUserUrn]: z.object({ employeeNumber: z.string() }).optional(),
  active: z.boolean(),
  password: z.string().optional(),
});

const newScimGroupSchema = z.object({
  schemas: z.array(z.string()),
  displayName: z.string(),
  members: z.array(member).optional(),
});

/** An operation of a PATCH as our programs send it (RFC 7644 section 3.5.2). */
const scimOperationSchema = z.object({
  op: z.enum(['add', 'replace', 'remove']),
  path: z.string(),
  value: z.union([z.string(), z.boolean(), z.array(address), z.array(member)]).optional(),
});

const scimPatchSchema = z.object({ schemas: z.array(z.string()), Operations: z.array(scimOperationSchema) });

export type NewScimUser = z.infer<typeof newScimUserSchema>;
export type NewScimGroup = z.infer<typeof newScimGroupSchema>;
export type ScimOperation = z.infer<typeof scimOperationSchema>;
export type ScimPatch = z.infer<typeof scimPatchSchema>;
export type ScimUser = z.infer<typeof scimUserSchema>;
export type ScimBulkResult = z.infer<typeof scimBulkResultSchema>;
