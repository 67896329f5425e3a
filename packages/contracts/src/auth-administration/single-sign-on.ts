/** Describes `/auth/v3/ops/contact-centers/{id}/sso-check`, a dry run of single sign-on, and `/auth/v3/ops/sso-keys`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { locationSchema } from '../environment-api/location.ts';
import { freeText } from '../values/text.ts';

export const ssoCheckStepSchema = z.object({
  step: z.string(),
  status: z.enum(['ok', 'warning', 'failed', 'skipped']),
  message: z.string().describe('What was found and, when it failed, what to change.'),
  durationMs: z.int(),
});
components.add(ssoCheckStepSchema, { id: 'SsoCheckStep' });

export const ssoCheckSchema = z.object({
  contactCenterId: z.string(),
  ok: z.boolean().describe('No step of any protocol failed, and one of them is enabled.'),
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

export const ssoCheckBodySchema = z.object({
  data: z
    .object({
      userName: freeText(255)
        .optional()
        .describe('A name as the identity provider gives it: is there a person for it, and which?'),
      location: locationSchema
        .optional()
        .describe('Tries the settings that count there; without it those at the location of this Auth API.'),
    })
    .default({}),
});

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
