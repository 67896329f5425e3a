/** The whole estate as one document: what export gives and import takes. */
import { locationSchema } from '@gatehouse/contracts/environment-api/location';
import { z } from 'zod';
import { createContactCenterBody } from '../contact-centers/schemas.ts';
import { createEnvironmentBody } from '../environments/schemas.ts';
import { clientCertificate, tlsFields } from '../environments/tls.ts';
import { idSchema } from '../fields/id.ts';
import { freeText, label } from '../fields/text.ts';
import { settingBody } from '../settings/schemas.ts';
import { oidcBody } from '../single-sign-on/oidc.ts';
import { samlBody } from '../single-sign-on/saml.ts';

/** A secret: where it is to be found, or the secret itself. An export has references only. */
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
const contactCenter = createContactCenterBody.shape.data.extend({
  id: idSchema,
  settings: z.array(setting).default([]),
  saml: z.array(samlBody.shape.data).default([]),
  oidc: z.array(oidcBody.shape.data.extend({ clientSecret: secretField.nullable().optional() })).default([]),
});

export const estateDocument = z
  .object(
    {
      formatVersion: z.literal(1, { error: 'must be 1' }),
      locations: z
        .array(locationSchema)
        .transform((locations) => [...new Set(locations)])
        .default([]),
      settings: z.array(setting).default([]),
      environments: z.array(environment),
      contactCenters: z.array(contactCenter),
    },
    { error: 'must be an object as GET /export gives it' },
  )
  .superRefine((document, context) => {
    const lists = [
      ['environments', document.environments.map(({ id }) => id)],
      ['contactCenters', document.contactCenters.map(({ id }) => id)],
      ['settings', document.settings.map(placeOf)],
      ...document.contactCenters.flatMap((center, index) => [
        [`contactCenters.${index}.settings`, center.settings.map(placeOf)],
        [`contactCenters.${index}.saml`, center.saml.map(({ location }) => location)],
        [`contactCenters.${index}.oidc`, center.oidc.map(({ location }) => location)],
      ]),
    ] as [string, string[]][];
    for (const [path, keys] of lists) {
      const seen = new Set<string>();
      for (const key of keys) {
        if (seen.has(key)) {
          context.addIssue({ code: 'custom', path: path.split('.'), message: `has ${key} twice: keep one` });
        }
        seen.add(key);
      }
    }
  });

/** What tells settings of one owner apart. */
export function placeOf({ name, location }: { name: string; location: string }): string {
  return `${JSON.stringify(name)} at ${location}`;
}

export type EstateDocument = z.output<typeof estateDocument>;
export type SecretField = z.output<typeof secretField>;
