/** Routes below `/contact-centers/{id}/api-keys`, and `/api-keys`, which finds the owner of a key. */
import { emptyEnvelope, envelopeOf, warningSchema } from '@gatehouse/contracts/answers';
import {
  answeredApiKeySchema,
  apiKeySchema,
  keyOwnerSchema,
} from '@gatehouse/contracts/environment-administration';
import { type App, etagOf, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import type { ApiKey } from './api-key.ts';
import { createApiKeyBody, rotateApiKeyBody, validateApiKeyBody } from './schemas.ts';
import type { ApiKeyService } from './service.ts';

const tags = ['API keys'];
const params = z.object({ id: z.string() });
const keyParams = z.object({ id: z.string(), keyId: z.string() });
const issuedAnswer = envelopeOf(answeredApiKeySchema).extend({
  path: z.string(),
  warnings: z.array(warningSchema).optional(),
});

/** The entity tag is that of the contact centre, whose version covers its keys. */
export function apiKeyRoutes(api: App, { apiKeys }: { apiKeys: ApiKeyService }): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listApiKeys',
        summary: 'API keys of a contact centre; of each key its first characters',
        params,
        response: { 200: envelopeOf(z.array(apiKeySchema)), ...failures },
      },
    },
    async (request, reply) => {
      const { center, keys } = await apiKeys.list(request.caller, request.params.id);
      // Never 304: the last use of a key changes without a new version.
      reply.header('etag', etagOf(center.version)).header('cache-control', 'no-store');
      return ok(keys);
    },
  );

  api.post(
    '',
    {
      schema: {
        tags,
        operationId: 'createApiKey',
        summary: 'Make an API key; the answer shows it, and no later one does',
        params,
        body: createApiKeyBody,
        response: { 200: issuedAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { center, apiKey } = await apiKeys.create(
        contextOf(request),
        request.params.id,
        request.body.data,
      );
      reply.header('etag', etagOf(center.version)).header('cache-control', 'no-store');
      return issuedAnswerOf(center.id, apiKey);
    },
  );

  api.post(
    '/:keyId/rotate',
    {
      schema: {
        tags,
        operationId: 'rotateApiKey',
        summary: 'Replace a key by a new one; the old one may work on for a while',
        params: keyParams,
        body: rotateApiKeyBody,
        response: { 200: issuedAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { id, keyId } = request.params;
      const rotation = request.body?.data ?? { overlapSeconds: 0 };
      const { center, apiKey } = await apiKeys.rotate(contextOf(request), id, keyId, rotation);
      reply.header('etag', etagOf(center.version)).header('cache-control', 'no-store');
      return issuedAnswerOf(center.id, apiKey);
    },
  );

  api.delete(
    '/:keyId',
    {
      schema: {
        tags,
        operationId: 'deleteApiKey',
        summary: 'Withdraw a key: it stops working at once',
        params: keyParams,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const { id, keyId } = request.params;
      const center = await apiKeys.remove(contextOf(request), id, keyId);
      reply.header('etag', etagOf(center.version));
      return ok();
    },
  );
}

function issuedAnswerOf(centerId: string, apiKey: ApiKey & { key: string | undefined }) {
  const path = `/contact-centers/${centerId}/api-keys/${apiKey.id}`;
  if (apiKey.key !== undefined) return { ...ok(apiKey), path };
  const message =
    'A request with this Idempotency-Key has issued the key before, and a key is shown once: rotate it if that answer was lost';
  return { ...ok(apiKey), path, warnings: [{ field: 'data.key', value: `${apiKey.prefix}…`, message }] };
}

export function keyOwnerRoutes(api: App, { apiKeys }: { apiKeys: ApiKeyService }): void {
  api.post(
    '/validate',
    {
      schema: {
        tags,
        operationId: 'validateApiKey',
        summary: 'Whose key this is; 404 when it does not work',
        body: validateApiKeyBody,
        response: { 200: envelopeOf(keyOwnerSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return ok(await apiKeys.ownerOf(request.caller, request.body.data.key));
    },
  );

  api.get(
    '/:key',
    {
      // Existing callers send the key in the path; the log shows the route instead of the path.
      config: { hidesPath: true },
      schema: {
        tags,
        operationId: 'readApiKeyOwner',
        summary:
          'Whose key this is, asked as existing callers ask; prefer POST, which keeps keys out of URLs',
        params: z.object({ key: z.string() }),
        response: { 200: envelopeOf(keyOwnerSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return ok(await apiKeys.ownerOf(request.caller, request.params.key));
    },
  );
}
