/** Serves `/auth/v3/oauth/device`, where a device asks for its codes (RFC 8628 section 3.1). */
import { securityError } from '@gatehouse/contracts/answers';
import type { App } from '@gatehouse/service-kit/http';
import { answerClients, describeOnly } from '../../../core/protocol/parameters.ts';
import { deviceAnswerSchema, deviceRequestSchema } from '../../../core/protocol/schemas.ts';
import { callOf } from '../../client-authentication/client-authentication.ts';
import type { DeviceAuthorizationEndpoint } from './device-authorization.ts';

interface DeviceAuthorizationRoutesDeps {
  deviceAuthorization: DeviceAuthorizationEndpoint;
}

export async function deviceAuthorizationRoutes(
  app: App,
  { deviceAuthorization }: DeviceAuthorizationRoutesDeps,
): Promise<void> {
  await answerClients(app);
  // As at the token endpoint: for caches of HTTP/1.0.
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('pragma', 'no-cache');
    done();
  });

  app.post(
    '/device',
    {
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'authorizeDevice',
        tags: ['oauth'],
        summary: 'Begin to wait for a user on another device (RFC 8628)',
        consumes: ['application/x-www-form-urlencoded'],
        body: deviceRequestSchema,
        response: { 200: deviceAnswerSchema, 400: securityError, 401: securityError, 503: securityError },
      },
    },
    (request) => deviceAuthorization.answer(callOf(request)),
  );
}
