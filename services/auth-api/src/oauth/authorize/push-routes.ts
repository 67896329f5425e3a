/** Serves `/auth/v3/oauth/par`, where clients push authorization requests (RFC 9126). */
import { securityError } from '@gatehouse/contracts/answers';
import type { App } from '@gatehouse/service-kit/http';
import { answerClients, describeOnly } from '../../core/protocol/parameters.ts';
import { pushedAnswerSchema, pushedRequestSchema } from '../../core/protocol/schemas.ts';
import { callOf } from '../client-authentication/client-authentication.ts';
import type { PushEndpoint } from './push-request.ts';

/** Leaves room for a request object. */
const formLimitBytes = 32_768;

export async function pushRoutes(app: App, { pushEndpoint }: { pushEndpoint: PushEndpoint }): Promise<void> {
  await answerClients(app);

  app.post(
    '/par',
    {
      bodyLimit: formLimitBytes,
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'pushAuthorizationRequest',
        tags: ['oauth'],
        summary: 'Push an authorization request (RFC 9126)',
        consumes: ['application/x-www-form-urlencoded'],
        body: pushedRequestSchema,
        response: {
          201: pushedAnswerSchema,
          400: securityError,
          401: securityError,
          429: securityError,
          503: securityError,
        },
      },
    },
    async (request, reply) => reply.code(201).send(await pushEndpoint.push(callOf(request))),
  );
}
