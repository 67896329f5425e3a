/** Serves the dry run of single sign-on and the administration of its keys, below `/auth/v3/ops`. */

import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/answers';
import {
  oidcDryRunBodySchema,
  type SsoKeyView,
  samlDryRunBodySchema,
  ssoCheckBodySchema,
  ssoCheckSchema,
  ssoKeySchema,
} from '@gatehouse/contracts/auth-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { ifMatchRule, refusalsOfChange, writerOf } from '../../core/administration/conditional.ts';
import { refusals, refusalsOfOne } from '../../core/administration/refusals.ts';
import type { SsoChecks } from './dry-run.ts';
import { type SsoKey, type SsoKeys, ssoKeysEtagOf } from './keys/service.ts';

const tags = ['single sign-on'];

const keyList = envelopeOf(z.array(ssoKeySchema));
const purposeBody = z.object({ data: ssoKeySchema.pick({ purpose: true }) });

export function ssoAdministrationRoutes(
  app: App,
  { ssoChecks, ssoKeys }: { ssoChecks: SsoChecks; ssoKeys: SsoKeys },
): void {
  const answer = (reply: FastifyReply) => {
    const keys = ssoKeys.all();
    reply.header('etag', ssoKeysEtagOf(keys));
    return ok(keys.map(viewOf));
  };

  app.post(
    '/contact-centers/:id/sso-check',
    {
      schema: {
        operationId: 'checkSingleSignOn',
        tags,
        summary: 'Ask the identity provider of a contact centre for real, and tell how far each check came',
        params: z.object({ id: z.guid() }),
        body: ssoCheckBodySchema.nullish(),
        response: { 200: envelopeOf(ssoCheckSchema), ...refusalsOfOne },
      },
    },
    async (request) =>
      ok(await ssoChecks.check(request.params.id.toLowerCase(), request.body?.data, actorOf(request).within)),
  );

  dryRunRoutes(app, ssoChecks);

  app.get(
    '/sso-keys',
    {
      schema: {
        operationId: 'listSsoKeys',
        tags,
        summary: 'Our keys towards identity providers',
        response: { 200: keyList, ...refusals },
      },
    },
    async (_request, reply) => answer(reply),
  );

  app.post(
    '/sso-keys/prepare',
    {
      schema: {
        operationId: 'prepareSsoKey',
        tags,
        summary: 'Make the next key: it is published at once, and used once it is activated',
        description: ifMatchRule,
        body: purposeBody,
        response: { 200: keyList, ...refusalsOfChange, 409: errorEnvelope },
      },
    },
    async (request, reply) => {
      await ssoKeys.prepare(request.body.data.purpose, writerOf(request));
      return answer(reply);
    },
  );

  app.post(
    '/sso-keys/activate',
    {
      schema: {
        operationId: 'activateSsoKey',
        tags,
        summary:
          'Use the next key from now on; identity providers must have read our metadata since it was made',
        description: ifMatchRule,
        body: purposeBody,
        response: { 200: keyList, ...refusalsOfChange, 409: errorEnvelope },
      },
    },
    async (request, reply) => {
      await ssoKeys.activate(request.body.data.purpose, writerOf(request));
      return answer(reply);
    },
  );
}

/** In bytes: metadata of an identity provider with many keys is long. */
const settingsLimit = 1024 * 1024;

function dryRunRoutes(app: App, ssoChecks: SsoChecks): void {
  const schema = {
    tags,
    summary: 'Check settings as a change would store them, with the identity provider; nothing is stored',
    params: z.object({ id: z.guid() }),
    response: { 200: envelopeOf(ssoCheckSchema), ...refusalsOfOne },
  };

  app.post(
    '/contact-centers/:id/saml/dry-run',
    {
      bodyLimit: settingsLimit,
      schema: { ...schema, operationId: 'trySaml', body: samlDryRunBodySchema },
    },
    async (request) => {
      const { params, body } = request;
      return ok(
        await ssoChecks.tryChange(params.id.toLowerCase(), 'saml', body.data, actorOf(request).within),
      );
    },
  );

  app.post(
    '/contact-centers/:id/oidc/dry-run',
    {
      bodyLimit: settingsLimit,
      schema: { ...schema, operationId: 'tryOidc', body: oidcDryRunBodySchema },
    },
    async (request) => {
      const { params, body } = request;
      return ok(
        await ssoChecks.tryChange(params.id.toLowerCase(), 'oidc', body.data, actorOf(request).within),
      );
    },
  );
}

function viewOf({ id, purpose, state, certificate, notAfterMs }: SsoKey): SsoKeyView {
  return { id, purpose, state, certificate, notAfter: new Date(notAfterMs).toISOString() };
}
