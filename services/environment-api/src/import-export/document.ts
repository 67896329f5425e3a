/** Defines the document of export and import, which holds the whole configuration. */
import { locationSchema } from '@gatehouse/contracts/environment-api/location';
import { z } from 'zod';
import { createContactCenterBody } from '../contact-centers/schemas.ts';
import { createEnvironmentBody } from '../environments/schemas.ts';
import { clientCertificate, tlsFields } from '../environments/tls.ts';
import { idSchema } from '../fields/scalars.ts';
import { freeText, label } from '../fields/text.ts';
import { settingBody } from '../settings/schemas.ts';
import { oidcBody } from '../single-sign-on/oidc.ts';
import { samlBody } from '../single-sign-on/saml.ts';

/** A reference to a secret, or the secret itself. An export contains references only. */
export const secretField = z.union([z.object({ ref: label() }), freeText(4096).min(1, 'must not be empty')], {
  error: 'must be {"ref": "env:GATEHOUSE_IMPORT_…"}, {"ref": "file:…"}, or the secret itself',
});

const environment = createEnvironmentBody.shape.data.extend({
  id: idSchema,
  password: secretField,
  tls: z
    .object({
      ...tlsFields,
      mutual: z.object({ cert: clientCertificate, key: secretField }).nullable().optional(),
    })
    .nullable()
    .optional(),
});
const setting = settingBody.shape.data;
export const contactCenter = createContactCenterBody.shape.data.extend({
  id: idSchema,
  settings: z.array(setting).default([]),
  saml: z.array(samlBody.shape.data).default([]),
  oidc: z.array(oidcBody.shape.data.extend({ clientSecret: secretField.nullable().optional() })).default([]),
});

const frame = {
  formatVersion: z.literal(1, { error: 'must be 1' }),
  locations: z
    .array(locationSchema)
    .transform((locations) => [...new Set(locations)])
    .default([]),
  settings: z.array(setting).default([]),
  environments: z.array(environment),
};
const isDocument = { error: 'must be an object as GET /export gives it' };

export const installationDocument = z.object(
  { ...frame, contactCenters: z.array(contactCenter) },
  isDocument,
);

/** Leaves contact centres unchecked: there may be many, so they are checked one by one. */
export const installationFrame = z.object({ ...frame, contactCenters: z.array(z.unknown()) }, isDocument);

/** Identifies a setting among those of one owner. */
export function placeOf({ name, location }: { name: string; location: string }): string {
  return `${JSON.stringify(name)} at ${location}`;
}

export type InstallationDocument = z.output<typeof installationDocument>;
export type SecretField = z.output<typeof secretField>;
