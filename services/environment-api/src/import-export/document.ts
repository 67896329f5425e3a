/** Defines the document of export and import, which holds the whole configuration. */

import { operationIdField } from '@gatehouse/contracts/answers';
import { locationField, locationSchema, maxNumbersAtOnce } from '@gatehouse/contracts/environment-api';
import {
  brandingChangeSchema,
  newContactCenterSchema,
  newSettingSchema,
  oidcChangeSchema,
  samlChangeSchema,
} from '@gatehouse/contracts/resources';
import { freeText, idSchema, label, list } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { checkNew } from '../environments/directory.ts';
import { ldapSchema } from '../environments/ldap.ts';
import { newEnvironmentFields } from '../environments/schemas.ts';
import { checkedTlsFields, mutualTlsSchema } from '../environments/tls.ts';

/** A reference to a secret, or the secret itself. An export contains references only. */
export const secretField = z.union([z.object({ ref: label() }), freeText(4096).min(1, 'must not be empty')], {
  error: 'must be {"ref": "env:GATEHOUSE_IMPORT_…"}, {"ref": "file:…"}, or the secret itself',
});

export const setting = newSettingSchema;
export const environment = newEnvironmentFields
  .extend({
    id: idSchema,
    password: secretField.optional(),
    tls: z
      .object({
        ...checkedTlsFields,
        mutual: mutualTlsSchema.extend({ key: secretField }).nullable().optional(),
      })
      .nullable()
      .optional(),
    ldap: ldapSchema.extend({ bindPassword: secretField.optional() }).nullable().optional(),
  })
  .superRefine(checkNew, { when: () => true });
/** With the logo itself: another installation has no other place to take it from. */
export const brandingEntry = brandingChangeSchema.extend({
  location: locationField,
  logo: z
    .string()
    .max(100_000, 'is longer than a stored picture can be')
    .regex(/^data:image\/webp;base64,[A-Za-z0-9+/]+={0,2}$/, 'must be a picture as GET /export gives it')
    .nullable()
    .optional(),
});
const maxSettings = 10_000;
const maxLocations = 1000;

export const contactCenter = newContactCenterSchema.extend({
  id: idSchema,
  settings: list(setting, maxSettings).default([]),
  branding: list(brandingEntry, maxLocations).default([]),
  saml: list(samlChangeSchema.extend({ location: locationField }), maxLocations).default([]),
  oidc: list(
    oidcChangeSchema.extend({ location: locationField, clientSecret: secretField.nullable().optional() }),
    maxLocations,
  ).default([]),
});

const frame = {
  formatVersion: z.literal(1, { error: 'must be 1' }),
  locations: list(locationSchema, maxLocations)
    .transform((locations) => [...new Set(locations)])
    .default([]),
  operationId: operationIdField,
};
/** The numbers of people. Absent: the document is older than the numbers. The numbers of this installation stay in any case. */
export const personNumberGroup = z.object({
  environmentId: idSchema,
  numbers: list(
    z.object({
      externalId: label(),
      // Leaves room for new ones: a document must not take this installation to the end of its numbers.
      dbid: z.int().min(1).max(2_000_000_000),
    }),
    maxNumbersAtOnce,
  ),
});

const isDocument = { error: 'must be an object as GET /export gives it' };

export const installationDocument = z.object(
  {
    ...frame,
    settings: z.array(setting).default([]),
    branding: z.array(brandingEntry).default([]),
    environments: z.array(environment),
    contactCenters: z.array(contactCenter),
    personNumbers: z.array(personNumberGroup).default([]),
  },
  isDocument,
);

const unchecked = z.array(z.unknown());

/** Leaves the entries of the long lists unchecked: they are checked one by one. */
export const installationFrame = z.object(
  {
    ...frame,
    settings: unchecked.default([]),
    branding: unchecked.default([]),
    environments: unchecked,
    contactCenters: unchecked,
    personNumbers: unchecked.default([]),
  },
  isDocument,
);

/** Identifies a setting among those of one owner. */
export function settingKey({ name, location }: { name: string; location: string }): string {
  return `${JSON.stringify(name)} at ${location}`;
}

export type InstallationDocument = z.output<typeof installationDocument>;
export type SecretField = z.output<typeof secretField>;
