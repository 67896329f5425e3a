/** Routes `saml` and `oidc` below `/contact-centers/{id}`, and the internal one that gives both to Auth API. */

import { components, emptyEnvelope, envelopeOf } from '@gatehouse/contracts/answers';
import {
  locationField,
  locationSchema,
  oidcSettingsSchema,
  samlSettingsSchema,
  singleSignOnViewSchema,
} from '@gatehouse/contracts/environment-api';
import { providerProtocols, type SignOnProtocol } from '@gatehouse/contracts/values';
import { type App, etagOf, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { oidc, oidcBody } from './oidc.ts';
import { saml, samlBody } from './saml.ts';
import type { SignOn, SingleSignOnService } from './service.ts';

const tags = ['single sign-on'];
const params = z.object({ id: z.string() });
const query = z.object({ location: locationSchema.optional().describe('Only what is effective there.') });
const removeQuery = z.object({ location: locationField });
/** In bytes: metadata of an identity provider with many keys is long. */
const bodyLimit = 1024 * 1024;

const samlAnswer = samlSettingsSchema.extend({ location: z.string() });
components.add(samlAnswer, { id: 'SamlSettings' });
const oidcAnswer = oidcSettingsSchema.extend({
  location: z.string(),
  hasClientSecret: z.boolean().describe('The secret itself is never shown.'),
});
components.add(oidcAnswer, { id: 'OidcSettings' });

const answerOf = {
  saml: ({ location, settings }: SignOn<z.infer<typeof samlSettingsSchema>>) => ({ location, ...settings }),
  oidc: ({ location, settings, hasSecret }: SignOn<z.infer<typeof oidcSettingsSchema>>) => ({
    location,
    ...settings,
    hasClientSecret: hasSecret,
  }),
};

/** The entity tag is that of the contact centre, whose version covers these settings. */
export function singleSignOnRoutes(api: App, { singleSignOn }: { singleSignOn: SingleSignOnService }): void {
  samlRoutes(api, singleSignOn);
  oidcRoutes(api, singleSignOn);
  for (const protocol of providerProtocols) deleteRoute(api, singleSignOn, protocol);
}

function samlRoutes(api: App, singleSignOn: SingleSignOnService): void {
  api.get(
    '/saml',
    {
      schema: {
        tags,
        operationId: 'listSaml',
        summary: 'SAML settings at all locations, or those effective at one',
        params,
        querystring: query,
        response: { 200: envelopeOf(z.array(samlAnswer)), ...failures },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { center, entries } = await singleSignOn.list(request.caller, id, saml, request.query.location);
      if (sendUnchanged(request, reply, etagOf(center.version))) return reply as never;
      return ok(entries.map(answerOf.saml));
    },
  );

  api.put(
    '/saml',
    {
      bodyLimit,
      schema: {
        tags,
        operationId: 'putSaml',
        summary:
          'Set SAML for a location; fields that are not given keep their values, or get their defaults',
        params,
        body: samlBody,
        response: { 200: envelopeOf(samlAnswer), ...failures },
      },
    },
    async (request, reply) => {
      const { location, ...patch } = request.body.data;
      const { center, entry } = await singleSignOn.put(
        contextOf(request),
        request.params.id,
        saml,
        location,
        patch,
      );
      reply.header('etag', etagOf(center.version));
      return ok(answerOf.saml(entry));
    },
  );
}

function oidcRoutes(api: App, singleSignOn: SingleSignOnService): void {
  api.get(
    '/oidc',
    {
      schema: {
        tags,
        operationId: 'listOidc',
        summary: 'OpenID Connect settings at all locations, or those effective at one; without the secret',
        params,
        querystring: query,
        response: { 200: envelopeOf(z.array(oidcAnswer)), ...failures },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { center, entries } = await singleSignOn.list(request.caller, id, oidc, request.query.location);
      if (sendUnchanged(request, reply, etagOf(center.version))) return reply as never;
      return ok(entries.map(answerOf.oidc));
    },
  );

  api.put(
    '/oidc',
    {
      schema: {
        tags,
        operationId: 'putOidc',
        summary: 'Set OpenID Connect for a location; fields that are not given keep their values',
        params,
        body: oidcBody,
        response: { 200: envelopeOf(oidcAnswer), ...failures },
      },
    },
    async (request, reply) => {
      const { location, ...patch } = request.body.data;
      const { center, entry } = await singleSignOn.put(
        contextOf(request),
        request.params.id,
        oidc,
        location,
        patch,
      );
      reply.header('etag', etagOf(center.version));
      return ok(answerOf.oidc(entry));
    },
  );
}

function deleteRoute(api: App, singleSignOn: SingleSignOnService, protocol: SignOnProtocol): void {
  api.delete(
    `/${protocol}`,
    {
      schema: {
        tags,
        operationId: protocol === 'saml' ? 'deleteSaml' : 'deleteOidc',
        summary: 'Delete the settings of a location',
        params,
        querystring: removeQuery,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const { id } = request.params as z.infer<typeof params>;
      const { location } = request.query as z.infer<typeof removeQuery>;
      const center = await singleSignOn.remove(contextOf(request), id, protocol, location);
      reply.header('etag', etagOf(center.version));
      return ok();
    },
  );
}

export function internalSingleSignOnRoutes(
  internal: App,
  { singleSignOn }: { singleSignOn: SingleSignOnService },
): void {
  internal.get(
    '',
    {
      schema: {
        tags: ['internal'],
        operationId: 'viewSingleSignOn',
        summary: 'The single sign-on settings effective at a location, with the sealed secret',
        params,
        querystring: z.object({ location: locationField }),
        response: { 200: envelopeOf(singleSignOnViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const view = await singleSignOn.view(request.caller, id, request.query.location);
      if (sendUnchanged(request, reply, etagOf(view.version))) return reply as never;
      return ok(view);
    },
  );
  planRoutes(internal, singleSignOn);
}

function planRoutes(internal: App, singleSignOn: SingleSignOnService): void {
  const planSchema = {
    tags: ['internal'],
    summary: 'The settings as the change would store them, with the sealed secret; nothing is stored',
    params,
    response: { 200: envelopeOf(singleSignOnViewSchema), ...failures },
  };

  internal.post(
    '/saml-plan',
    { bodyLimit, schema: { ...planSchema, operationId: 'planSaml', body: samlBody } },
    async ({ caller, params: { id }, body }) => ok(await singleSignOn.plan(caller, id, saml, body.data)),
  );

  internal.post(
    '/oidc-plan',
    { bodyLimit, schema: { ...planSchema, operationId: 'planOidc', body: oidcBody } },
    async ({ caller, params: { id }, body }) => ok(await singleSignOn.plan(caller, id, oidc, body.data)),
  );
}
