/** Serves `/auth/v3/oauth/backchannel`, where clients ask for the approval of a person who is elsewhere (OpenID CIBA). */
import { securityError } from '@gatehouse/contracts/answers';
import type { App } from '@gatehouse/service-kit/http';
import { answerClients, describeOnly } from '../../core/protocol/parameters.ts';
import { backchannelAnswerSchema, backchannelRequestSchema } from '../../core/protocol/schemas.ts';
import { callOf } from '../client-authentication/client-authentication.ts';
import type { BackchannelEndpoint } from './endpoint.ts';

/** Leaves room for a signed request that holds an ID token. */
const formLimitBytes = 32_768;

export async function backchannelRoutes(
  app: App,
  { endpoint }: { endpoint: BackchannelEndpoint },
): Promise<void> {
  await answerClients(app);

  app.post(
    '/backchannel',
    {
      bodyLimit: formLimitBytes,
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'askForApproval',
        tags: ['oauth'],
        summary: 'Ask for the approval of a person who is elsewhere (OpenID CIBA, poll mode)',
        consumes: ['application/x-www-form-urlencoded'],
        body: backchannelRequestSchema,
        response: {
          200: backchannelAnswerSchema,
          400: securityError,
          401: securityError,
          429: securityError,
          503: securityError,
        },
      },
    },
    (request) => endpoint.answer(callOf(request)),
  );
}
