/** `/auth/v3/oauth/logout`, by GET and by POST. */
import { htmlErrorHandler } from '@gatehouse/service-kit/errors/render-html';
import type { App } from '@gatehouse/service-kit/http/app';
import { describeOnly, readOnlyForms } from './form-scope.ts';
import type { LogoutEndpoint } from './logout.ts';
import { readParameters } from './parameters.ts';
import { logoutRequestSchema } from './schemas.ts';

const url = '/auth/v3/oauth/logout';
const documentation = {
  tags: ['oauth'],
  summary: 'Sign the user out (OpenID Connect RP-Initiated Logout 1.0)',
};

export async function logoutRoutes(
  app: App,
  { logoutEndpoint }: { logoutEndpoint: LogoutEndpoint },
): Promise<void> {
  app.setErrorHandler(htmlErrorHandler);
  await readOnlyForms(app);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    done();
  });

  app.route({
    method: 'GET',
    url,
    validatorCompiler: describeOnly,
    schema: { ...documentation, operationId: 'logout', querystring: logoutRequestSchema },
    handler: async (request, reply) => {
      const browser = { request, reply, correlationId: request.id };
      return reply.redirect(await logoutEndpoint.logout(readParameters(request.query), browser), 302);
    },
  });

  app.route({
    method: 'POST',
    url,
    validatorCompiler: describeOnly,
    schema: {
      ...documentation,
      operationId: 'logoutByPost',
      consumes: ['application/x-www-form-urlencoded'],
      body: logoutRequestSchema,
    },
    handler: async (request, reply) => {
      const browser = { request, reply, correlationId: request.id };
      return reply.redirect(await logoutEndpoint.logout(readParameters(request.body), browser), 303);
    },
  });
}
