/** Describes API keys of a contact centre. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { shownShape } from '../resource/shown.ts';
import { apiKey } from '../resources/api-key.ts';

export const apiKeySchema = z.object({
  id: z.string(),
  contactCenterId: z.string(),
  ...shownShape(apiKey),
  /** Every release knows the two. */
  purpose: apiKey.fields.purpose,
  validFrom: z.string().describe('ISO 8601, UTC.'),
  prefix: z.string().describe('The first characters of the key.'),
  createdAt: z.string(),
  rotatedAt: z.string().optional(),
  previousPrefix: z.string().optional().describe('Of the key before the last rotation.'),
  previousUntil: z.string().optional().describe('How long that one works.'),
  lastUsedAt: z.string().optional().describe('To the minute.'),
});
components.add(apiKeySchema, { id: 'ApiKey' });

export const issuedApiKeySchema = apiKeySchema.extend({
  key: z.string().describe('The key. It is shown this once and cannot be read again.'),
});

/** Without the key where an earlier request with the same `Idempotency-Key` has issued it. */
export const answeredApiKeySchema = issuedApiKeySchema.partial({ key: true });
components.add(answeredApiKeySchema, { id: 'IssuedApiKey' });

export const keyOwnerSchema = z.object({
  contactCenterId: z.string(),
  id: z.string().describe('Id of the key.'),
  name: z.string(),
  expiresAt: z.string().optional().describe('When the presented key ends, if it does.'),
});
components.add(keyOwnerSchema, { id: 'ApiKeyOwner' });

export type ApiKeyPurpose = ApiKey['purpose'];
export type ApiKey = z.infer<typeof apiKeySchema>;
export type IssuedApiKey = z.infer<typeof issuedApiKeySchema>;
export type AnsweredApiKey = z.infer<typeof answeredApiKeySchema>;
export type KeyOwner = z.infer<typeof keyOwnerSchema>;
