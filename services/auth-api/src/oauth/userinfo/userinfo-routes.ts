/** Serves `/auth/v3/userinfo` and `/auth/v3/openid/userinfo`. */
import formbody from '@fastify/formbody';
import { oauthErrorHandler } from '@gatehouse/caller-auth/oauth-errors';
import { securityError } from '@gatehouse/contracts/answers';
import { type App, answerInteractionIds } from '@gatehouse/service-kit/http';
import { readParameters } from '../../core/protocol/parameters.ts';
import type { UserInfo } from './userinfo.ts';
import { cloudUserDetailsSchema, openIdUserInfoSchema } from './userinfo-schemas.ts';

const tags = ['userinfo'];
const refusals = { 400: securityError, 401: securityError, 403: securityError, 503: securityError };

export async function userinfoRoutes(app: App, { userInfo }: { userInfo: UserInfo }): Promise<void> {
  app.setErrorHandler(oauthErrorHandler);
  await app.register(formbody);
  answerInteractionIds(app);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });

  app.get(
    '/userinfo',
    {
      schema: {
        operationId: 'readUser',
        tags,
        summary: 'The user of the access token',
        response: { 200: cloudUserDetailsSchema, ...refusals },
      },
    },
    (request) => userInfo.cloudUserDetails({ sender: request }),
  );

  for (const [method, operationId] of Object.entries({ GET: 'readUserInfo', POST: 'readUserInfoByPost' }))
    app.route({
      method,
      url: '/openid/userinfo',
      schema: {
        operationId,
        tags,
        summary: 'The user of the access token (OpenID Connect Core section 5.3)',
        response: { 200: openIdUserInfoSchema, ...refusals },
      },
      handler: async (request, reply) => {
        const isForm =
          request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
        const formToken = isForm ? readParameters(request.body).get('access_token') : undefined;
        const answer = await userInfo.openIdUserInfo({ sender: request, formToken });
        if (!('jwt' in answer)) return answer;
        return reply
          .type('application/jwt')
          .serializer(String)
          .send(answer.jwt as never);
      },
    });
}
