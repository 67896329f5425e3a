/** Serves `/auth/v3/ops/signing-keys`: the administration of signing keys. */

import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/answers';
import { type SigningKeyView, signingKeyViewSchema } from '@gatehouse/contracts/auth-administration';
import { signingAlgorithms } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ifMatchRule, refusalsOfChange, writerOf } from '../../core/administration/conditional.ts';
import { refusals } from '../../core/administration/refusals.ts';
import { readKeyImport } from './import-key.ts';
import { importBodySchema, keyParamsSchema, rotateBodySchema } from './schemas.ts';
import { keysEtagOf, type SigningKeyService } from './signing-keys.ts';
import type { StoredKey } from './store.ts';

const tags = ['signing keys'];
const keyList = envelopeOf(z.array(signingKeyViewSchema));

export function signingKeyRoutes(app: App, { signingKeys }: { signingKeys: SigningKeyService }): void {
  const view = (key: StoredKey) => viewOf(key, signingKeys.publishedUntilMs(key));
  const answer = (reply: FastifyReply, keys: readonly StoredKey[]) => {
    reply.header('etag', keysEtagOf(keys));
    return ok(keys.map(view));
  };

  app.get(
    '',
    {
      schema: {
        operationId: 'listSigningKeys',
        tags,
        summary: 'List signing keys',
        response: { 200: keyList, ...refusals },
      },
    },
    async (_request, reply) => answer(reply, await signingKeys.list()),
  );

  app.post(
    '',
    {
      schema: {
        operationId: 'importSigningKey',
        tags,
        summary: 'Import a signing key',
        description: `PEM, PKCS#12 or JWK: RSA of 2048 to 4096 bits, EC P-256 or Ed25519. ${ifMatchRule}`,
        body: importBodySchema,
        response: { 200: envelopeOf(signingKeyViewSchema), ...refusalsOfChange, 409: errorEnvelope },
      },
    },
    async (request) => {
      const { data } = request.body;
      const key = await readKeyImport(data);
      return ok(view(await signingKeys.import(key, data.state, writerOf(request))));
    },
  );

  app.post(
    '/rotate',
    {
      schema: {
        operationId: 'rotateSigningKeys',
        tags,
        summary: 'Sign with the next keys from now on',
        description: `The former keys stay published until everything they signed has expired. ${ifMatchRule}`,
        body: rotateBodySchema,
        response: { 200: keyList, ...refusalsOfChange },
      },
    },
    async (request, reply) => {
      const algorithm = request.body?.data?.algorithm;
      const algorithms = algorithm === undefined ? signingAlgorithms : [algorithm];
      return answer(reply, await signingKeys.rotate(algorithms, writerOf(request)));
    },
  );

  app.post(
    '/:kid/retire',
    {
      schema: {
        operationId: 'retireSigningKey',
        tags,
        summary: 'Sign nothing more with a key; what it signed stays valid',
        description: ifMatchRule,
        params: keyParamsSchema,
        response: { 200: keyList, ...refusalsOfChange, 404: errorEnvelope, 409: errorEnvelope },
      },
    },
    async (request, reply) => answer(reply, await signingKeys.retire(request.params.kid, writerOf(request))),
  );

  app.delete(
    '/:kid',
    {
      schema: {
        operationId: 'removeSigningKey',
        tags,
        summary: 'Take a key that leaked out of the key set; what it signed is refused',
        description: ifMatchRule,
        params: keyParamsSchema,
        response: { 200: keyList, ...refusalsOfChange, 404: errorEnvelope },
      },
    },
    async (request, reply) => answer(reply, await signingKeys.remove(request.params.kid, writerOf(request))),
  );
}

/** Shows a key without its private part. */
function viewOf(key: StoredKey, publishedUntilMs: number | undefined): SigningKeyView {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    state: key.state,
    origin: key.origin,
    createdAt: new Date(key.createdAtMs).toISOString(),
    ...definedOnly({
      activatedAt: timeOf(key.activatedAtMs),
      retiredAt: timeOf(key.retiredAtMs),
      publishedUntil: timeOf(publishedUntilMs),
    }),
  };
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
