/** Describes the checks of single sign-on below `/auth/v3/ops/contact-centers/{id}`, of what is stored and of what is not, and `/auth/v3/ops/sso-keys`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { sentencesField } from '../answers/diagnosis.ts';
import { wrapped } from '../answers/envelope.ts';
import { locationField, locationSchema } from '../environment-api/location.ts';
import { oidcChangeSchema } from '../resources/oidc.ts';
import { samlChangeSchema } from '../resources/saml.ts';
import { freeText } from '../values/text.ts';

export const ssoCheckStepSchema = z.object({
  step: z.string(),
  status: z.enum(['ok', 'warning', 'failed', 'skipped']),
  message: z.string().describe('What was found and, when it failed, what to change.'),
  sentences: sentencesField,
  durationMs: z.int(),
});
components.add(ssoCheckStepSchema, { id: 'SsoCheckStep' });

export const ssoCheckSchema = z.object({
  contactCenterId: z.string(),
  ok: z
    .boolean()
    .describe('No step of any protocol failed, and one of them is enabled; in a dry run: no step failed.'),
  protocols: z.array(
    z.object({
      protocol: z.enum(['saml', 'oidc']),
      location: z.string(),
      enabled: z.boolean(),
      ok: z.boolean(),
      steps: z.array(ssoCheckStepSchema),
    }),
  ),
});
components.add(ssoCheckSchema, { id: 'SsoCheck' });

const triedName = freeText(255)
  .optional()
  .describe('A name as the identity provider gives it: is there a person for it, and which?');

export const ssoCheckBodySchema = z.object({
  data: z
    .object({
      userName: triedName,
      location: locationSchema
        .optional()
        .describe('Tries the settings that count there; without it those at the location of this Auth API.'),
    })
    .default({}),
});

const tried = { location: locationField, userName: triedName };

/** Bodies of the dry runs: those of a change of the settings. */
export const samlDryRunBodySchema = wrapped(samlChangeSchema.extend(tried));
export const oidcDryRunBodySchema = wrapped(oidcChangeSchema.extend(tried));

export type SsoCheckStep = z.infer<typeof ssoCheckStepSchema>;
export type SsoCheck = z.infer<typeof ssoCheckSchema>;

/** Our key towards identity providers. */
export const ssoKeySchema = z.object({
  id: z.string(),
  purpose: z.enum(['signing', 'encryption']),
  state: z.enum(['next', 'active', 'retired']).describe('next: published and not used yet'),
  certificate: z.string().describe('PEM'),
  notAfter: z.iso.datetime(),
});
components.add(ssoKeySchema, { id: 'SsoKey' });

export type SsoKeyView = z.infer<typeof ssoKeySchema>;
export type SsoKeyPurpose = SsoKeyView['purpose'];
