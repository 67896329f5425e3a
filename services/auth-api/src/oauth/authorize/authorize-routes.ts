/** Serves `/auth/v3/oauth/authorize` to browsers: answers with redirects, or with a page when the redirect URI is not trusted. */

import { hasScheme } from '@gatehouse/caller-auth/credentials';
import { oauthErrorHandler } from '@gatehouse/caller-auth/oauth-errors';
import { badRequest, htmlErrorHandler } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { orExpiredPage } from '../../browser/cookies/expired-sign-in.ts';
import type { PostedRequests } from '../../browser/cookies/posted-requests.ts';
import { describeOnly, readOnlyForms, readParameters } from '../../core/protocol/parameters.ts';
import {
  authorizationRequestSchema,
  cancelFormSchema,
  resumeQuerySchema,
} from '../../core/protocol/schemas.ts';
import { formPostPage, type NextStep } from './authorization-response.ts';
import type { AuthorizationEndpoint } from './authorize.ts';

export interface AuthorizeRoutesDeps {
  authorization: AuthorizationEndpoint;
  postedRequests: PostedRequests;
  publicUrl: string;
}

const path = '/authorize';
const tags = ['oauth'];
const formLimitBytes = 16_384;

export async function authorizeRoutes(
  app: App,
  { authorization, postedRequests, publicUrl }: AuthorizeRoutesDeps,
): Promise<void> {
  // Only programs send credentials here, and they read JSON.
  app.setErrorHandler((error, request, reply) =>
    hasScheme(request.headers.authorization, 'basic')
      ? oauthErrorHandler(error, request, reply)
      : orExpiredPage(htmlErrorHandler)(error, request, reply),
  );
  await readOnlyForms(app);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    done();
  });

  app.get(
    path,
    {
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'authorize',
        tags,
        summary: 'Ask for a code or for tokens (RFC 6749 section 4, OpenID Connect Core section 3)',
        querystring: authorizationRequestSchema,
      },
    },
    async (request, reply) => {
      const query = request.query as Record<string, unknown>;
      const source =
        query['posted_request'] === undefined ? query : await findPosted(query['posted_request']);
      return sendStep(reply, await authorization.begin(readParameters(source), { request, reply }));
    },
  );

  app.post(
    path,
    {
      bodyLimit: formLimitBytes,
      validatorCompiler: describeOnly,
      schema: {
        operationId: 'authorizeByPost',
        tags,
        summary: 'Ask by POST; answered 303 to a GET of our own',
        consumes: ['application/x-www-form-urlencoded'],
        body: authorizationRequestSchema,
      },
    },
    // A POST from another site carries no cookies (SameSite=Lax); the GET that follows does.
    async (request, reply) => {
      await authorization.checkClient(readParameters(request.body), request.ip);
      const id = await postedRequests.save(request.body as Record<string, string>);
      return reply.redirect(`${publicUrl}/auth/v3/oauth/authorize?posted_request=${id}`, 303);
    },
  );

  app.get(
    `${path}/resume`,
    {
      schema: {
        operationId: 'resumeAuthorization',
        tags,
        summary: 'Go on after a sign-in or a consent',
        querystring: resumeQuerySchema,
      },
    },
    async (request, reply) =>
      sendStep(reply, await authorization.resume(request.query.interaction, { request, reply })),
  );

  app.post(
    `${path}/cancel`,
    {
      schema: {
        tags,
        operationId: 'cancelSignIn',
        summary: 'Do not sign in: the application gets access_denied',
        description: 'The form of our own sign-in pages, with the csrf token of its interaction.',
        consumes: ['application/x-www-form-urlencoded'],
        body: cancelFormSchema,
      },
    },
    async (request, reply) =>
      sendStep(reply, await authorization.cancel(request.body, { request, reply }), 303),
  );

  async function findPosted(id: unknown): Promise<Record<string, unknown>> {
    const posted = typeof id === 'string' ? await postedRequests.find(id) : undefined;
    if (posted === undefined) throw badRequest('This sign-in has taken too long; go back to the application');
    return posted;
  }
}

function sendStep(reply: FastifyReply, step: NextStep, status = 302): FastifyReply {
  if ('redirectTo' in step) return reply.redirect(step.redirectTo, status);
  const { html, headers } = formPostPage(step.postTo, step.fields);
  return reply.headers(headers).type('text/html; charset=utf-8').send(html);
}
