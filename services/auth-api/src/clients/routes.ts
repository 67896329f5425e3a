/** `/auth/v3/ops/clients`: administration of OAuth clients. */
import { emptyEnvelope, envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/envelope';
import type { App } from '@gatehouse/service-kit/http/app';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { z } from 'zod';
import type { OpsAuthentication } from './ops-authentication.ts';
import { guardAdministration } from './ops-guard.ts';
import { clientParamsSchema, createBodySchema, updateBodySchema } from './schemas.ts';
import type { ClientService } from './service.ts';
import { viewOf } from './view.ts';
import { clientViewSchema, clientWithSecretSchema } from './view-schemas.ts';

export interface ClientRoutesDeps {
  clients: ClientService;
  opsAuthentication: OpsAuthentication;
  compatEnabled: boolean;
}

const refusals = { 400: errorEnvelope, 401: securityError, 403: errorEnvelope, 404: errorEnvelope };
const tags = ['clients'];

export function clientRoutes(
  app: App,
  { clients, opsAuthentication, compatEnabled }: ClientRoutesDeps,
): void {
  const actorOf = guardAdministration(app, opsAuthentication);

  app.route({
    method: 'GET',
    url: '/auth/v3/ops/clients',
    schema: {
      tags,
      summary: 'List clients',
      response: { 200: envelopeOf(z.array(clientViewSchema)), 401: securityError },
    },
    handler: async () => ok((await clients.list()).map(viewOf)),
  });

  app.route({
    method: 'POST',
    url: '/auth/v3/ops/clients',
    schema: {
      tags,
      summary: 'Create a client',
      description:
        'The answer is the only one that shows a secret: the generated one, or in the compat profile any.',
      body: createBodySchema,
      response: { 200: envelopeOf(clientWithSecretSchema), ...refusals, 409: errorEnvelope },
    },
    handler: async (request) => {
      const { client, generatedSecret, secret } = await clients.create(request.body.data, actorOf(request));
      return ok({
        ...viewOf(client),
        ...(generatedSecret === undefined ? {} : { client_secret: generatedSecret }),
        ...(compatEnabled && secret !== undefined ? { encrypted_client_secret: secret } : {}),
      });
    },
  });

  app.route({
    method: 'GET',
    url: '/auth/v3/ops/clients/:client_id',
    schema: {
      tags,
      summary: 'Read a client',
      params: clientParamsSchema,
      response: { 200: envelopeOf(clientViewSchema), ...refusals },
    },
    handler: async (request) => ok(viewOf(await clients.get(request.params.client_id))),
  });

  app.route({
    method: 'PUT',
    url: '/auth/v3/ops/clients/:client_id',
    schema: {
      tags,
      summary: 'Change a client: fields that are left out keep their value',
      params: clientParamsSchema,
      body: updateBodySchema,
      response: { 200: envelopeOf(clientViewSchema), ...refusals },
    },
    handler: async (request) =>
      ok(viewOf(await clients.update(request.params.client_id, request.body.data, actorOf(request)))),
  });

  app.route({
    method: 'DELETE',
    url: '/auth/v3/ops/clients/:client_id',
    schema: {
      tags,
      summary: 'Delete a client and end its tokens',
      params: clientParamsSchema,
      response: { 200: emptyEnvelope, ...refusals },
    },
    handler: async (request) => {
      await clients.remove(request.params.client_id, actorOf(request));
      return ok();
    },
  });

  app.route({
    method: 'POST',
    url: '/auth/v3/ops/clients/:client_id/rotate-secret',
    schema: {
      tags,
      summary: 'Give a client a new secret; the former one stays valid for a grace time',
      params: clientParamsSchema,
      response: { 200: envelopeOf(clientWithSecretSchema), ...refusals },
    },
    handler: async (request) => {
      const { client, secret, formerExpiresAtMs } = await clients.rotateSecret(
        request.params.client_id,
        actorOf(request),
      );
      return ok({
        ...viewOf(client),
        ...(secret === undefined ? {} : { client_secret: secret }),
        formerSecretExpiresAt: new Date(formerExpiresAtMs).toISOString(),
      });
    },
  });
}
