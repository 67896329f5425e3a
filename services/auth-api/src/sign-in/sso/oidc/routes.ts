/** Serves `/auth/v3/sso/oidc`: the addresses to which OpenID Connect providers return browsers. */
import { badRequest, htmlErrorHandler, notFound } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { PostedRequests } from '../../../browser/cookies/posted-requests.ts';
import { describeOnly, readOnlyForms } from '../../../core/protocol/parameters.ts';
import { noStore } from '../no-store.ts';
import { placeParams, type SignOnPlace, signOnPlaceOf } from '../place.ts';
import { notingRefusals, type SsoRefusals } from '../refusals.ts';
import type { OidcCallback } from './callback.ts';
import { callbackPath, redirectUriOf } from './redirect-uri.ts';

const formLimitBytes = 16_384;
const text = z.string().optional();

const callbackSchema = z.looseObject({
  code: text,
  state: text,
  iss: text.describe('RFC 9207'),
  error: text,
  error_description: text,
});

export async function oidcCallbackRoutes(
  app: App,
  deps: {
    oidcCallback: OidcCallback;
    postedRequests: PostedRequests;
    ssoRefusals: SsoRefusals;
    publicUrl: string;
  },
): Promise<void> {
  const { oidcCallback, postedRequests, publicUrl } = deps;
  app.setErrorHandler(notingRefusals(htmlErrorHandler, deps));
  await readOnlyForms(app);
  app.addHook('onRequest', noStore);

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    source: Record<string, unknown>,
    wasPosted: boolean,
  ) => {
    const parameters = parametersOf(source);
    return reply.redirect(
      await oidcCallback.complete({ request, reply }, placeIn(request), parameters, wasPosted),
      302,
    );
  };

  app.route({
    method: 'GET',
    url: callbackPath,
    validatorCompiler: describeOnly,
    schema: {
      operationId: 'oidcCallback',
      tags: ['single sign-on'],
      summary: 'The answer of an OpenID Connect provider',
      params: placeParams,
      querystring: callbackSchema,
    },
    handler: async (request, reply) => {
      const query = request.query as Record<string, unknown>;
      const { posted_response: posted } = query;
      if (posted === undefined) return answer(request, reply, query, false);
      const form = typeof posted === 'string' ? await postedRequests.find(posted) : undefined;
      if (form === undefined) throw badRequest('This sign-in has taken too long; go back to the application');
      return answer(request, reply, form, true);
    },
  });

  app.route({
    method: 'POST',
    url: callbackPath,
    bodyLimit: formLimitBytes,
    validatorCompiler: describeOnly,
    schema: {
      operationId: 'oidcCallbackByPost',
      tags: ['single sign-on'],
      summary: 'The same by POST (OAuth 2.0 Form Post Response Mode): answered 303 to a GET of our own',
      consumes: ['application/x-www-form-urlencoded'],
      params: placeParams,
      body: callbackSchema,
    },
    // A POST from another site carries no cookies (SameSite=Lax): only the GET that follows knows the browser.
    handler: async (request, reply) => {
      const form = request.body as Record<string, string | string[]>;
      const place = placeIn(request);
      await oidcCallback.requireFlow(parametersOf(form), request.ip);
      const id = await postedRequests.save(form);
      return reply.redirect(`${redirectUriOf(publicUrl, place)}?posted_response=${id}`, 303);
    },
  });
}

/** The validator of these routes only describes. @throws AppError (404) */
function placeIn({ params }: FastifyRequest): SignOnPlace {
  const { data } = placeParams.safeParse(params);
  if (data === undefined) throw notFound('There is no such contact centre');
  return signOnPlaceOf(data);
}

/** A parameter that came twice stays twice: the checks refuse it. */
function parametersOf(source: Record<string, unknown>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(source)) {
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  return parameters;
}
