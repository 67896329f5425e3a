/** Describes the applications that a user has given access, for the account area. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { envelopeOf } from '../answers/envelope.ts';

export const consentSchema = z.object({
  clientId: z.string(),
  name: z.string(),
  clientUri: z.string().optional().describe('A page about the application.'),
  startUri: z
    .string()
    .optional()
    .describe(
      'Begins a sign-in there (OpenID Connect Core section 4): its `initiateLoginUri`, with the issuer.',
    ),
  scope: z.array(z.string()).describe('What the user agreed to.'),
  givenAt: z.iso.datetime().describe('When the user agreed last.'),
  lastUsedAt: z.iso
    .datetime()
    .optional()
    .describe(
      'When the application last got tokens of the user, at most a minute behind. Absent: not since the user agreed, or not since this is recorded.',
    ),
});
components.add(consentSchema, { id: 'Consent' });

export const consentListSchema = envelopeOf(z.array(consentSchema));

export type ConsentView = z.infer<typeof consentSchema>;
