/** `/auth/v3/oauth`: token, introspect and revoke — form in, JSON out, OAuth errors. */
import { introspectionAnswerSchema } from '@gatehouse/contracts/auth-api/introspection';
import { securityError } from '@gatehouse/contracts/envelope';
import { oauthErrorHandler } from '@gatehouse/service-kit/errors/render-oauth';
import type { App } from '@gatehouse/service-kit/http/app';
import { z } from 'zod';
import type { DeviceAuthorizationEndpoint } from '../authorize/device-authorization.ts';
import { callOf } from '../client-authentication/client-authentication.ts';
import { describeOnly, readOnlyForms } from '../protocol/form-scope.ts';
import {
  deviceAnswerSchema,
  deviceRequestSchema,
  tokenAnswerSchema,
  tokenQuestionSchema,
  tokenRequestSchema,
} from '../protocol/schemas.ts';
import type { IntrospectionEndpoint } from './introspect.ts';
import type { RevocationEndpoint } from './revoke.ts';
import type { TokenEndpoint } from './token.ts';

export interface OAuthRoutesDeps {
  tokenEndpoint: TokenEndpoint;
  introspection: IntrospectionEndpoint;
  revocation: RevocationEndpoint;
  deviceAuthorization: DeviceAuthorizationEndpoint;
}

const tags = ['oauth'];
const refusals = { 400: securityError, 401: securityError, 503: securityError };
const consumes = ['application/x-www-form-urlencoded'];

export async function oauthRoutes(app: App, deps: OAuthRoutesDeps): Promise<void> {
  app.setErrorHandler(oauthErrorHandler);
  await readOnlyForms(app);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    done();
  });

  app.route({
    method: 'POST',
    url: '/token',
    validatorCompiler: describeOnly,
    schema: {
      tags,
      summary: 'Issue tokens (RFC 6749, RFC 7636, RFC 8693)',
      consumes,
      body: tokenRequestSchema,
      response: { 200: tokenAnswerSchema, ...refusals },
    },
    handler: (request) => deps.tokenEndpoint.answer(callOf(request)),
  });

  app.route({
    method: 'POST',
    url: '/device',
    validatorCompiler: describeOnly,
    schema: {
      tags,
      summary: 'Begin to wait for a user on another device (RFC 8628)',
      consumes,
      body: deviceRequestSchema,
      response: { 200: deviceAnswerSchema, ...refusals },
    },
    handler: (request) => deps.deviceAuthorization.answer(callOf(request)),
  });

  app.route({
    method: 'POST',
    url: '/introspect',
    validatorCompiler: describeOnly,
    schema: {
      tags,
      summary: 'Ask about a token (RFC 7662)',
      consumes,
      body: tokenQuestionSchema,
      response: { 200: introspectionAnswerSchema, ...refusals },
    },
    handler: (request, reply) => {
      // Ready-made JSON: under its type a text goes out as it was stored.
      reply.type('application/json; charset=utf-8');
      return deps.introspection.answer(callOf(request)) as Promise<never>;
    },
  });

  app.route({
    method: 'POST',
    url: '/revoke',
    validatorCompiler: describeOnly,
    schema: {
      tags,
      summary: 'Revoke a token (RFC 7009)',
      consumes,
      body: tokenQuestionSchema,
      response: { 200: z.object({}).describe('Whether or not there was such a token'), ...refusals },
    },
    handler: async (request, reply) => {
      await deps.revocation.revoke(callOf(request));
      // RFC 7009 section 2.2 lets the client ignore it; simple-oauth2 reads nothing but JSON.
      return reply.code(200).send({});
    },
  });
}
