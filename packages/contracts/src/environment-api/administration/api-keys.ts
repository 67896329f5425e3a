/** API keys of a contact centre, as administrators call them. */
import { z } from 'zod';
import { readData, removeAt } from '../../administration-calls.ts';
import type { HttpClient } from '../../http-client.ts';
import { apiPath } from './api-path.ts';
import { contactCenterPath } from './contact-centers.ts';

export const apiKeySchema = z.object({
  id: z.string(),
  contactCenterId: z.string(),
  name: z.string(),
  prefix: z.string().describe('The first characters of the key.'),
  validFrom: z.string().describe('ISO 8601, UTC.'),
  expiresAt: z.string().optional(),
  createdAt: z.string(),
  rotatedAt: z.string().optional(),
  previousPrefix: z.string().optional().describe('Of the key before the last rotation.'),
  previousUntil: z.string().optional().describe('How long that one works.'),
  lastUsedAt: z.string().optional().describe('To the minute.'),
});

export const issuedApiKeySchema = apiKeySchema.extend({
  key: z.string().describe('The key. It is shown this once and cannot be read again.'),
});

export const keyOwnerSchema = z.object({
  contactCenterId: z.string(),
  id: z.string().describe('Id of the key.'),
  name: z.string(),
  expiresAt: z.string().optional().describe('When the presented key ends, if it does.'),
});

/** Every call throws UpstreamError when Environment API refuses or cannot answer. */
export interface ApiKeyAdministration {
  list(contactCenterId: string): Promise<ApiKey[]>;
  create(contactCenterId: string, fields: object): Promise<IssuedApiKey>;
  rotate(contactCenterId: string, keyId: string, fields: object): Promise<IssuedApiKey>;
  remove(contactCenterId: string, keyId: string): Promise<void>;
  /** Whose key it is. */
  validate(key: string): Promise<KeyOwner>;
}

export function createApiKeyAdministration(http: HttpClient): ApiKeyAdministration {
  const all = (id: string) => `${contactCenterPath(id)}/api-keys`;
  const one = (id: string, keyId: string) => `${all(id)}/${encodeURIComponent(keyId)}`;
  return {
    list: (id) => readData(http, z.array(apiKeySchema), { method: 'GET', path: all(id) }),
    create: (id, data) =>
      readData(http, issuedApiKeySchema, { method: 'POST', path: all(id), json: { data } }),
    rotate: (id, keyId, data) =>
      readData(http, issuedApiKeySchema, {
        method: 'POST',
        path: `${one(id, keyId)}/rotate`,
        json: { data },
      }),
    remove: (id, keyId) => removeAt(http, one(id, keyId)),
    validate: (key) =>
      readData(http, keyOwnerSchema, {
        method: 'POST',
        path: `${apiPath}/api-keys/validate`,
        json: { data: { key } },
      }),
  };
}

export type ApiKey = z.infer<typeof apiKeySchema>;
export type IssuedApiKey = z.infer<typeof issuedApiKeySchema>;
export type KeyOwner = z.infer<typeof keyOwnerSchema>;
