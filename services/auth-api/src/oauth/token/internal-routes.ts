/** Serves `/auth/v3/internal/introspect`, by which Environment API asks about the tokens of its callers. */

import { securityError } from '@gatehouse/contracts/answers';
import { introspectionAnswerSchema } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { describeOnly, readOnlyForms, readParameters } from '../../core/protocol/parameters.ts';
import { tokenQuestionSchema } from '../../core/protocol/schemas.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { IntrospectionEndpoint } from './introspect.ts';

interface InternalIntrospectionDeps {
  introspection: IntrospectionEndpoint;
  /** The services' own client, which the guard of the scope has proved. */
  caller: Client;
}

export async function internalIntrospectionRoutes(
  app: App,
  { introspection, caller }: InternalIntrospectionDeps,
): Promise<void> {
  await readOnlyForms(app);
  app.post(
    '/introspect',
    {
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'introspectForService',
        tags: ['internal'],
        summary: 'Ask about a token (RFC 7662), for Environment API',
        consumes: ['application/x-www-form-urlencoded'],
        body: tokenQuestionSchema,
        response: { 200: introspectionAnswerSchema, 401: securityError, 503: securityError },
      },
    },
    async (request, reply) => {
      const answer = await introspection.answer(caller, readParameters(request.body));
      // The stored answer is JSON text already: with this type it is sent unchanged.
      reply.type('application/json; charset=utf-8');
      return answer as never;
    },
  );
}
