/** Serves `/auth/v3/saml/{contactCenterId}/{place}`: our SAML endpoints for one contact centre and location. */

import formbody from '@fastify/formbody';
import { freeText } from '@gatehouse/contracts/values';
import { htmlErrorHandler } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { noStore } from '../no-store.ts';
import { placeParams, signOnPlaceOf } from '../place.ts';
import { notingRefusals, type SsoRefusals } from '../refusals.ts';
import { finishPath, type SamlConsumer } from './consumer.ts';
import { samlPath } from './entity.ts';
import type { SamlMetadata } from './metadata.ts';

const tags = ['single sign-on'];
/** Base64 of the longest response, and a RelayState. */
const formLimitBytes = 400 * 1024;

export interface SamlRoutesDeps {
  samlConsumer: SamlConsumer;
  samlMetadata: SamlMetadata;
  ssoRefusals: SsoRefusals;
}

export async function samlRoutes(app: App, deps: SamlRoutesDeps): Promise<void> {
  const { samlConsumer, samlMetadata } = deps;
  app.setErrorHandler(notingRefusals(htmlErrorHandler, deps));
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: formLimitBytes });
  app.addHook('onRequest', noStore);

  app.route({
    method: 'GET',
    url: `${samlPath}/metadata`,
    schema: {
      operationId: 'samlMetadata',
      tags,
      summary: 'Our metadata for the identity provider, also before anything is set up',
      params: placeParams,
      querystring: z.object({
        signed: z.enum(['true', 'false']).optional().describe('With a signature in the document'),
      }),
    },
    handler: async (request, reply) => {
      const xml = await samlMetadata.of(
        signOnPlaceOf(request.params),
        request.query.signed === 'true',
        request.ip,
      );
      return reply.type('application/samlmetadata+xml; charset=utf-8').send(xml);
    },
  });

  app.route({
    method: 'POST',
    url: `${samlPath}/acs`,
    bodyLimit: formLimitBytes,
    schema: {
      operationId: 'samlAssertionConsumer',
      tags,
      summary: 'The answer of the identity provider, by POST: answered 303 to a GET of our own',
      consumes: ['application/x-www-form-urlencoded'],
      params: placeParams,
      body: z.object({
        SAMLResponse: freeText(formLimitBytes).default(''),
        RelayState: freeText(2048).optional(),
      }),
    },
    handler: async (request, reply) => {
      const { SAMLResponse: response, RelayState: relayState } = request.body;
      const location = await samlConsumer.consume(request, signOnPlaceOf(request.params), {
        response,
        relayState,
      });
      return reply.redirect(location, 303);
    },
  });

  app.route({
    method: 'GET',
    url: finishPath,
    schema: {
      operationId: 'finishSaml',
      tags,
      summary: 'The browser follows the answer of its identity provider',
      querystring: z.object({ ticket: freeText(128) }),
    },
    handler: async (request, reply) =>
      reply.redirect(await samlConsumer.finish({ request, reply }, request.query.ticket), 302),
  });
}
