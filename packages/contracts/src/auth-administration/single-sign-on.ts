/** Describes the checks of single sign-on below `/auth/v3/ops/contact-centers/{id}`, of what is stored, of what is not and by a sign-in, and `/auth/v3/ops/sso-keys`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { sentencesField } from '../answers/diagnosis.ts';
import { wrapped } from '../answers/envelope.ts';
import { locationField, locationSchema } from '../environment-api/location.ts';
import { oidcChangeSchema } from '../resources/oidc.ts';
import { samlChangeSchema } from '../resources/saml.ts';
import { freeText } from '../values/text.ts';
import { providerProtocols } from '../values/way-of-sign-in.ts';

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
      protocol: z.enum(providerProtocols),
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

const trialPlace = { protocol: z.enum(providerProtocols), location: locationField };

export const ssoTrialBodySchema = wrapped(z.object(trialPlace));
export const ssoTrialStartSchema = z.object({
  address: z.string().describe('For the browser of the administrator: it works once, for five minutes.'),
});
components.add(ssoTrialStartSchema, { id: 'SsoTrialStart' });

const ssoTrialFieldSchema = z.object({
  name: z.string(),
  values: z.array(z.string()).describe('The beginning of each.'),
  isHidden: z.boolean().describe('The values look like a secret, or like nothing of a person.'),
  isCut: z.boolean().optional().describe('There were more values.'),
});

export const ssoTrialSchema = z.object({
  contactCenterId: z.string(),
  protocol: trialPlace.protocol,
  location: z.string(),
  enabled: z.boolean(),
  ok: z.boolean().describe('A sign-in would open a session, once the settings are enabled.'),
  steps: z.array(ssoCheckStepSchema),
  received: z.array(ssoTrialFieldSchema).readonly().describe('Claims, or the NameID and attributes.'),
});
components.add(ssoTrialSchema, { id: 'SsoTrial' });

export type SsoTrial = z.infer<typeof ssoTrialSchema>;
export type SsoTrialField = z.infer<typeof ssoTrialFieldSchema>;
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
