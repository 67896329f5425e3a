/** Mounts the endpoints that clients call by form: token, introspection, revocation. */

import { oauthErrorHandler } from '@gatehouse/caller-auth/oauth-errors';
import { securityError } from '@gatehouse/contracts/answers';
import { introspectionAnswerSchema } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { describeOnly, readOnlyForms } from '../../core/protocol/parameters.ts';
import { tokenAnswerSchema, tokenQuestionSchema, tokenRequestSchema } from '../../core/protocol/schemas.ts';
import { callOf } from '../client-authentication/client-authentication.ts';
import type { IntrospectionEndpoint } from './introspect.ts';
import { asksForJwt, type IntrospectionJwt, introspectionMediaType } from './introspection-jwt.ts';
import type { RevocationEndpoint } from './revoke.ts';
import type { TokenEndpoint } from './token.ts';

export interface OAuthRoutesDeps {
  tokenEndpoint: TokenEndpoint;
  introspection: IntrospectionEndpoint;
  introspectionJwt: IntrospectionJwt;
  revocation: RevocationEndpoint;
}

const tags = ['oauth'];
const refusals = { 400: securityError, 401: securityError, 503: securityError };
const consumes = ['application/x-www-form-urlencoded'];

export async function oauthRoutes(api: App, deps: OAuthRoutesDeps): Promise<void> {
  api.setErrorHandler(oauthErrorHandler);
  await readOnlyForms(api);
  api.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    done();
  });

  api.post(
    '/token',
    {
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'issueTokens',
        tags,
        summary: 'Issue tokens (RFC 6749, RFC 7636, RFC 8693)',
        consumes,
        body: tokenRequestSchema,
        response: { 200: tokenAnswerSchema, ...refusals },
      },
    },
    (request) => deps.tokenEndpoint.answer(callOf(request)),
  );

  api.post(
    '/introspect',
    {
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'introspectToken',
        tags,
        summary: 'Ask about a token (RFC 7662)',
        description: `With \`Accept: ${introspectionMediaType}\` the answer is a signed JWT (RFC 9701).`,
        consumes,
        body: tokenQuestionSchema,
        response: { 200: introspectionAnswerSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const call = callOf(request);
      const caller = await deps.introspection.authenticate(call);
      const answer = await deps.introspection.answer(caller, call.parameters);
      if (asksForJwt(request.headers.accept)) {
        reply.type(introspectionMediaType);
        return (await deps.introspectionJwt(caller, answer)) as never;
      }
      // The stored answer is JSON text already: with this type it is sent unchanged.
      reply.type('application/json; charset=utf-8');
      return answer as never;
    },
  );

  api.post(
    '/revoke',
    {
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'revokeToken',
        tags,
        summary: 'Revoke a token (RFC 7009)',
        consumes,
        body: tokenQuestionSchema,
        response: { 200: z.object({}).describe('Whether or not there was such a token'), ...refusals },
      },
    },
    async (request, reply) => {
      await deps.revocation.revoke(callOf(request));
      // RFC 7009 section 2.2: clients ignore the body; simple-oauth2 accepts only JSON.
      return reply.code(200).send({});
    },
  );
}
