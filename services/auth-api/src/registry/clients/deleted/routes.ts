/** Serves `/auth/v3/ops/deleted-clients`: clients that were deleted in the last days, and their restoration. */
import { envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import {
  clientRestorationSchema,
  clientWithSecretSchema,
  deletedClientListSchema,
  deletedClientSchema,
} from '@gatehouse/contracts/auth-administration';
import { definedOnly, freeText, idSchema } from '@gatehouse/contracts/values';
import { type App, etagOf, ok, ordinalKey, pageQuery, readPage } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../../core/administration/actor.ts';
import { refusalsOfOne } from '../../../core/administration/refusals.ts';
import { clientViewOf } from '../view.ts';
import type { ClientRestoration } from './restoration.ts';
import type { DeletedClientRow } from './store.ts';

const tags = ['clients'];
const params = z.object({ id: idSchema });
const listQuery = z.object({
  ...pageQuery(100),
  search: freeText(256).optional().describe('A part of the client id or the name, in any case.'),
});

export function deletedClientRoutes(app: App, { restoration }: { restoration: ClientRestoration }): void {
  app.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listDeletedClients',
        summary: 'Clients that were deleted and can be restored, newest first',
        querystring: listQuery,
        response: { 200: deletedClientListSchema, ...refusalsOfOne },
      },
    },
    async (request) => {
      const { search, ...page } = request.query;
      const { rows, nextCursor } = await restoration.list(search, readPage(page, ordinalKey));
      return { ...ok(rows.map(shown)), ...definedOnly({ nextCursor }) };
    },
  );

  app.get(
    '/:id',
    {
      schema: {
        tags,
        operationId: 'readDeletedClient',
        summary: 'Show a client that was deleted and can be restored',
        params,
        response: { 200: envelopeOf(deletedClientSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(shown(await restoration.read(request.params.id))),
  );

  app.post(
    '/:id/restore',
    {
      schema: {
        tags,
        operationId: 'restoreClient',
        summary: 'Restore a client that was deleted, with a new secret',
        description:
          'The answer is the only one that shows the secret. Tokens that ended stay ended. The answer is 409 where another client has taken the client id: send another one.',
        params,
        body: wrapped(clientRestorationSchema),
        response: { 200: envelopeOf(clientWithSecretSchema), ...refusalsOfOne, 409: errorEnvelope },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { client, secret } = await restoration.restore(id, request.body.data.client_id, actorOf(request));
      reply.header('etag', etagOf(client.version));
      return ok({ ...clientViewOf(client), ...definedOnly({ client_secret: secret }) });
    },
  );
}

function shown({ id, clientId, name, deletedAt, deletedBy, until, losesSecret }: DeletedClientRow) {
  return { id, client_id: clientId, name, deletedAt, deletedBy, until, losesSecret };
}
