/** Serves `/auth/v3/oauth/logout` and the form of the page that asks before a logout. */
import { freeText, label } from '@gatehouse/contracts/values';
import { badRequest, htmlErrorHandler } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { PostedRequests } from '../../browser/cookies/posted-requests.ts';
import { describeOnly, readOnlyForms, readParameters } from '../../core/protocol/parameters.ts';
import { logoutRequestSchema } from '../../core/protocol/schemas.ts';
import type { LogoutEndpoint } from './end-session.ts';

export interface LogoutRoutesDeps {
  logoutEndpoint: LogoutEndpoint;
  postedRequests: PostedRequests;
  publicUrl: string;
}

const url = '/logout';
const formLimitBytes = 16_384;
const consumes = ['application/x-www-form-urlencoded'];
const documentation = {
  tags: ['oauth'],
  summary: 'Sign the user out (OpenID Connect RP-Initiated Logout 1.0)',
};

export async function logoutRoutes(
  app: App,
  { logoutEndpoint, postedRequests, publicUrl }: LogoutRoutesDeps,
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

  app.get(
    url,
    {
      validatorCompiler: describeOnly,
      schema: { ...documentation, operationId: 'logout', querystring: logoutRequestSchema },
    },
    async (request, reply) => {
      const query = request.query as Record<string, unknown>;
      const posted = query['posted_request'];
      const source = posted === undefined ? query : await findPosted(posted);
      return reply.redirect(await logoutEndpoint.logout(readParameters(source), { request, reply }), 302);
    },
  );

  app.post(
    url,
    {
      bodyLimit: formLimitBytes,
      validatorCompiler: describeOnly,
      schema: {
        ...documentation,
        description: 'Answered 303 to a GET of our own.',
        operationId: 'logoutByPost',
        consumes,
        body: logoutRequestSchema,
      },
    },
    // A POST from another site carries no cookies (SameSite=Lax); the GET that follows does.
    async (request, reply) => {
      readParameters(request.body);
      logoutEndpoint.admit(request.ip);
      const id = await postedRequests.save(request.body as Record<string, string>);
      return reply.redirect(`${publicUrl}/auth/v3/oauth/logout?posted_request=${id}`, 303);
    },
  );

  app.post(
    `${url}/confirm`,
    {
      schema: {
        operationId: 'confirmLogout',
        tags: ['oauth'],
        summary: 'Confirm a logout that the page asked about',
        description: 'The form of our own page, with its csrf token. Answers 303 onward.',
        consumes,
        body: z.object({ logout: label(128), csrf: freeText(256).default('') }),
      },
    },
    async (request, reply) =>
      reply.redirect(await logoutEndpoint.confirm(request.body, { request, reply }), 303),
  );

  async function findPosted(id: unknown): Promise<Record<string, unknown>> {
    const posted = typeof id === 'string' ? await postedRequests.find(id) : undefined;
    if (posted === undefined) throw badRequest('This has taken too long; go back to the application');
    return posted;
  }
}
