/** Serves `/auth/v3/ops/clients`: the administration of OAuth clients. */

import { emptyEnvelope, envelopeOf, errorEnvelope, warningSchema } from '@gatehouse/contracts/answers';
import {
  clientExchangesSchema,
  clientListSchema,
  clientViewSchema,
  clientWithSecretSchema,
} from '@gatehouse/contracts/auth-administration';
import { clientIdPattern } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { type App, effectiveEtagOf, isFresh, namedKey, ok, readPage } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { ifMatchRule, writerOf } from '../../core/administration/conditional.ts';
import { refusalsOfOne } from '../../core/administration/refusals.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Client } from './client.ts';
import type { readExchangeRights } from './exchange-rights.ts';
import type { ClientService } from './service.ts';
import {
  clientParamsSchema,
  createBodySchema,
  listQuerySchema,
  rotateSecretBodySchema,
  updateBodySchema,
} from './validation/schemas.ts';
import { warningsFor } from './validation/warnings.ts';
import { clientViewOf } from './view.ts';

const refusals = { ...refusalsOfOne, 412: errorEnvelope, 429: errorEnvelope };
const tags = ['clients'];
const warned = { warnings: z.array(warningSchema).optional() };

interface ClientRouteOptions {
  clients: ClientService;
  exchangeRights(clientId: string, within?: string): ReturnType<typeof readExchangeRights>;
  contactCenters: Pick<ContactCenterService, 'find'>;
  compatEnabled: boolean;
}

export function clientRoutes(app: App, options: ClientRouteOptions): void {
  readingRoutes(app, options);
  dryRunRoute(app, options);
  changingRoutes(app, options);
}

function readingRoutes(app: App, { clients, exchangeRights }: ClientRouteOptions): void {
  app.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listClients',
        summary: 'Clients in the order of their ids, or by name',
        querystring: listQuerySchema,
        response: { 200: clientListSchema, ...refusals },
      },
    },
    async (request) => {
      const { query } = request;
      const { search, contactCenterId, ids, sort, count } = query;
      const page = readPage(query, sort === undefined ? clientIdPattern : namedKey);
      const filter = { search, contactCenterId, ids, sort, within: actorOf(request).within };
      const { rows, ...rest } = await clients.list(filter, page, count);
      return { ...ok(rows.map(clientViewOf)), ...definedOnly(rest) };
    },
  );

  app.get(
    '/:client_id',
    {
      schema: {
        tags,
        operationId: 'readClient',
        summary: 'Read a client',
        params: clientParamsSchema,
        response: { 200: envelopeOf(clientViewSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const client = await clients.get(request.params.client_id, actorOf(request).within);
      const view = tagged(reply, client);
      const isKnown = isFresh(request.headers['if-none-match'], etagOfClient(client));
      return isKnown ? notModified(reply) : ok(view);
    },
  );

  app.get(
    '/:client_id/exchanges',
    {
      schema: {
        tags,
        operationId: 'readClientExchanges',
        summary:
          'Who may exchange the tokens of a client, and which tokens it may exchange: the data of a graph',
        params: clientParamsSchema,
        response: { 200: envelopeOf(clientExchangesSchema), ...refusals },
      },
    },
    async (request) => {
      const { within } = actorOf(request);
      const { clientId } = await clients.get(request.params.client_id, within);
      return ok(await exchangeRights(clientId, within));
    },
  );
}

function dryRunRoute(app: App, { clients, contactCenters }: ClientRouteOptions): void {
  app.post(
    '/dry-run',
    {
      schema: {
        tags,
        operationId: 'tryNewClient',
        summary: 'Say what would be refused of a new client; nothing is stored',
        description: 'A picture at `logoUri` is not fetched.',
        body: createBodySchema,
        response: { 200: emptyEnvelope.extend(warned), ...refusals, 409: errorEnvelope },
      },
    },
    async (request) => {
      const { data } = request.body;
      await clients.tryCreate(data);
      return { ...ok(), warnings: await warningsFor(contactCenters, data) };
    },
  );
}

function changingRoutes(app: App, { clients, contactCenters, compatEnabled }: ClientRouteOptions): void {
  app.post(
    '',
    {
      schema: {
        tags,
        operationId: 'createClient',
        summary: 'Create a client',
        description:
          'The answer is the only one that shows a secret: the generated one, or in the compat profile any.',
        body: createBodySchema,
        response: {
          200: envelopeOf(clientWithSecretSchema).extend(warned),
          ...refusals,
          409: errorEnvelope,
        },
      },
    },
    async (request, reply) => {
      const { encryptedClientSecret = compatEnabled, ...input } = request.body.data;
      const { client, generatedSecret, secret } = await clients.create(input, actorOf(request));
      const shown = {
        ...tagged(reply, client),
        ...definedOnly({
          client_secret: generatedSecret,
          encrypted_client_secret: encryptedClientSecret ? secret : undefined,
        }),
      };
      return { ...ok(shown), warnings: await warningsFor(contactCenters, input) };
    },
  );

  app.put(
    '/:client_id',
    {
      schema: {
        tags,
        operationId: 'updateClient',
        summary: 'Change a client: fields that are left out keep their value',
        description: `What the client loses by it ends in the tokens that are out, too. ${ifMatchRule}`,
        params: clientParamsSchema,
        body: updateBodySchema,
        response: { 200: envelopeOf(clientViewSchema).extend(warned), ...refusals },
      },
    },
    async (request, reply) => {
      const { data } = request.body;
      const changed = await clients.update(request.params.client_id, data, writerOf(request));
      return { ...ok(tagged(reply, changed)), warnings: await warningsFor(contactCenters, data) };
    },
  );

  app.delete(
    '/:client_id',
    {
      schema: {
        tags,
        operationId: 'deleteClient',
        summary: 'Delete a client and end its tokens',
        description: ifMatchRule,
        params: clientParamsSchema,
        response: { 200: emptyEnvelope, ...refusals },
      },
    },
    async (request) => {
      await clients.remove(request.params.client_id, writerOf(request));
      return ok();
    },
  );

  app.post(
    '/:client_id/rotate-secret',
    {
      schema: {
        tags,
        operationId: 'rotateClientSecret',
        summary: 'Give a client a new secret; the former one stays valid for a grace time',
        description: `Without a body the grace time of the installation; 0 after a leak. ${ifMatchRule}`,
        params: clientParamsSchema,
        body: rotateSecretBodySchema,
        response: { 200: envelopeOf(clientWithSecretSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const graceSeconds = request.body?.data?.graceSeconds;
      const { client, secret, formerExpiresAtMs } = await clients.rotateSecret(
        request.params.client_id,
        graceSeconds === undefined ? undefined : graceSeconds * 1000,
        writerOf(request),
      );
      return ok({
        ...tagged(reply, client),
        client_secret: secret,
        formerSecretExpiresAt: new Date(formerExpiresAtMs).toISOString(),
      });
    },
  );
}

/** Includes the times of the last uses, because the view shows it. */
function etagOfClient({ version, lastUsedAtMs = 0, lastGrants }: Client): string {
  return effectiveEtagOf(version, Math.max(lastUsedAtMs, ...Object.values(lastGrants)));
}

function tagged(reply: FastifyReply, client: Client) {
  reply.header('etag', etagOfClient(client));
  return clientViewOf(client);
}

/** Answers 304 without a body, which the response schemas do not describe. */
function notModified(reply: FastifyReply): never {
  return reply.code(304).send() as never;
}
