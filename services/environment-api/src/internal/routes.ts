/** `/internal`: what Auth API is told. For internal clients' Bearer tokens only. */
import { envelopeOf } from '@gatehouse/contracts/envelope';
import { contactCenterViewSchema } from '@gatehouse/contracts/environment-api/contact-center';
import { environmentViewSchema } from '@gatehouse/contracts/environment-api/environment';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { etagOf } from '@gatehouse/service-kit/http/entity-tag';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { z } from 'zod';
import { requireInternal } from '../access/caller.ts';
import { viewOf as environmentViewOf } from '../environments/environment.ts';
import type { EnvironmentService } from '../environments/service.ts';
import { failures } from '../failures.ts';
import { label } from '../fields/text.ts';
import { locationField } from '../locations/location.ts';
import type { SettingService } from '../settings/service.ts';
import { sendUnchanged } from '../versions/reply.ts';
import { versionOf, viewOf } from './contact-center-view.ts';

const tags = ['internal'];
const params = z.object({ id: z.string() });
const location = locationField.describe('Whose settings are effective.');

export function internalRoutes(
  app: App,
  deps: { environments: EnvironmentService; settings: SettingService },
): void {
  const { environments, settings } = deps;
  app.addHook('onRequest', async (request) => requireInternal(request.caller));

  app.get(
    '/contact-centers',
    {
      schema: {
        tags,
        operationId: 'findContactCenter',
        summary: 'The contact centre with a tenant name, in any case',
        querystring: z.object({ domain: label(), location }),
        response: { 200: envelopeOf(contactCenterViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      const { domain, location: at } = request.query;
      const found = await settings.listByDomain(request.caller, domain, at);
      if (sendUnchanged(request, reply, etagOf(versionOf(found)))) return reply as never;
      return ok(viewOf(found));
    },
  );

  app.get(
    '/contact-centers/:id',
    {
      schema: {
        tags,
        operationId: 'viewContactCenter',
        summary: 'A contact centre with its effective settings',
        params,
        querystring: z.object({ location }),
        response: { 200: envelopeOf(contactCenterViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      const found = await settings.list(request.caller, request.params.id, request.query.location);
      if (sendUnchanged(request, reply, etagOf(versionOf(found)))) return reply as never;
      return ok(viewOf(found));
    },
  );

  app.get(
    '/environments/:id',
    {
      schema: {
        tags,
        operationId: 'viewEnvironment',
        summary: 'An environment with its sealed password',
        params,
        response: { 200: envelopeOf(environmentViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      const environment = await environments.read(request.caller, request.params.id);
      if (sendUnchanged(request, reply, etagOf(environment.version))) return reply as never;
      return ok(environmentViewOf(environment));
    },
  );
}
