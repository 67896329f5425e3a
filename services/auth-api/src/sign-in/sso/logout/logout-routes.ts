/** Serves the logout that an identity provider starts or answers. */

import formbody from '@fastify/formbody';
import { freeText } from '@gatehouse/contracts/values';
import { envelopeErrorHandler, htmlErrorHandler } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { noStore } from '../no-store.ts';
import type { OidcLogout } from '../oidc/logout.ts';
import { placeParams, signOnPlaceOf } from '../place.ts';
import { notingRefusals, type SsoRefusals } from '../refusals.ts';
import { samlPath } from '../saml/entity.ts';
import type { IncomingLogout, SamlLogout } from '../saml/logout.ts';
import type { ProviderLogout } from './provider-logout.ts';

export const signedOutPath = '/auth/v3/sso/signed-out';

const tags = ['single sign-on'];
const formLimitBytes = 128 * 1024;

export interface SsoLogoutRoutesDeps {
  providerLogout: ProviderLogout;
  oidcLogout: OidcLogout;
  samlLogout: SamlLogout;
  ssoRefusals: SsoRefusals;
}

export async function providerLogoutRoutes(app: App, deps: SsoLogoutRoutesDeps): Promise<void> {
  const { providerLogout, samlLogout } = deps;
  app.setErrorHandler(notingRefusals(htmlErrorHandler, deps));
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: formLimitBytes });
  app.addHook('onRequest', noStore);

  const answer = async (request: FastifyRequest, incoming: IncomingLogout) => {
    const place = signOnPlaceOf(request.params as z.infer<typeof placeParams>);
    const outcome = await samlLogout.receive(place, incoming, request);
    return 'location' in outcome ? outcome.location : providerLogout.finish(outcome.finishes);
  };

  app.route({
    method: 'GET',
    url: signedOutPath,
    schema: {
      operationId: 'signedOutElsewhere',
      tags,
      summary: 'Back from signing out at an OpenID Connect provider',
      querystring: z.object({ state: freeText(2048).optional() }),
    },
    handler: async (request, reply) => reply.redirect(await providerLogout.finish(request.query.state), 302),
  });

  app.route({
    method: 'GET',
    url: `${samlPath}/slo`,
    schema: {
      operationId: 'samlLogout',
      tags,
      summary: 'Single logout by redirect: a request of the identity provider, or its answer to ours',
      params: placeParams,
    },
    handler: async (request, reply) => {
      const { url } = request;
      const rawQuery = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
      return reply.redirect(await answer(request, { binding: 'redirect', rawQuery }), 302);
    },
  });

  app.route({
    method: 'POST',
    url: `${samlPath}/slo`,
    schema: {
      operationId: 'samlLogoutByPost',
      tags,
      summary: 'The same by POST',
      consumes: ['application/x-www-form-urlencoded'],
      params: placeParams,
      body: z.object({
        SAMLRequest: freeText(formLimitBytes).optional(),
        SAMLResponse: freeText(formLimitBytes).optional(),
        RelayState: freeText(2048).optional(),
      }),
    },
    handler: async (request, reply) => {
      const { SAMLRequest: encoded, RelayState: relayState } = request.body;
      // The answer to ours.
      if (encoded === undefined) return reply.redirect(await providerLogout.finish(relayState), 303);
      return reply.redirect(await answer(request, { binding: 'post', encoded, relayState }), 303);
    },
  });
}

export async function backchannelLogoutRoutes(app: App, deps: SsoLogoutRoutesDeps): Promise<void> {
  const { oidcLogout } = deps;
  app.setErrorHandler(notingRefusals(envelopeErrorHandler, deps));
  app.removeAllContentTypeParsers();
  await app.register(formbody);
  app.addHook('onRequest', noStore);

  app.route({
    method: 'POST',
    url: '/oidc/backchannel-logout',
    schema: {
      operationId: 'oidcBackchannelLogout',
      tags,
      summary: 'A session at an OpenID Connect provider is over (Back-Channel Logout 1.0)',
      consumes: ['application/x-www-form-urlencoded'],
      body: z.object({ logout_token: freeText(16_384).min(1) }),
    },
    handler: async (request, reply) => {
      await oidcLogout.receive(request.body.logout_token, request);
      return reply.code(200).send();
    },
  });
}
