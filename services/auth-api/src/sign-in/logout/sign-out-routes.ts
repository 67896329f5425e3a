/** Serves `/auth/v3/sign-out`: redirects browsers and answers programs with the envelope. */
import { emptyEnvelope, errorEnvelope } from '@gatehouse/contracts/answers';
import { freeText } from '@gatehouse/contracts/values';
import { type App, nameNobody, ok } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { acceptFormsAndJson, flag, isJson, isSet } from '../../browser/cookies/browser-scope.ts';
import { crossSite, foreignReferrer, isForeign } from '../../browser/cookies/same-origin.ts';
import type { AfterLogout } from './after-logout.ts';
import type { SignOutService } from './sign-out-service.ts';

export interface SignOutRoutesDeps {
  signOut: SignOutService;
  afterLogout: AfterLogout;
  publicUrl: string;
  /** Links on other hosts of our own site ask, too. */
  asksSiblings: boolean;
}

const signOutSchema = z.object({
  global: flag.optional(),
  redirectUri: freeText(2048).optional(),
});

const documentation = {
  tags: ['sessions'],
  description:
    "With `redirectUri` of a registered host the answer is a redirect there. Without: browsers go to the signed-out page, programs (a Bearer token, or a JSON body) get the envelope. A link on a site that no client is registered for only asks the user. `global=true` ends every session and token of the user; it needs a session, or a token of the user's own login with the scope `sessions` (403 `insufficient_scope`; with `compat.enabled`, and for a client with `globalSignOut`, any scope). A token from an exchange, a delegation or an assertion ends only itself, and gets 403 for `global=true`.",
};

export async function signOutRoutes(
  app: App,
  { signOut, afterLogout, publicUrl, asksSiblings }: SignOutRoutesDeps,
): Promise<void> {
  await acceptFormsAndJson(app);

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    order: z.infer<typeof signOutSchema>,
  ) => {
    const { asks, via, redirectUri, ended } = await signOut.signOut(
      { request, reply },
      {
        global: isSet(order.global),
        redirectUri: order.redirectUri,
        foreign: foreignReferrer(request.headers, asksSiblings),
      },
    );
    // A token that is over already gets the same answer as one that never was.
    if (via === undefined) nameNobody(request);
    if (asks !== undefined) return reply.redirect(asks, 302);
    const isProgram = via === 'token' || request.headers.authorization !== undefined || isPostedJson(request);
    if (isProgram) {
      return redirectUri === undefined ? reply.send(ok()) : reply.redirect(redirectUri, 302);
    }
    return reply.redirect(await afterLogout({ request, reply }, { ended, target: redirectUri }), 302);
  };

  app.get(
    '/sign-out',
    {
      schema: {
        ...documentation,
        operationId: 'signOut',
        summary: 'Sign out',
        querystring: signOutSchema,
        response: { 200: emptyEnvelope, 403: errorEnvelope },
      },
    },
    (request, reply) => answer(request, reply, request.query),
  );

  app.post(
    '/sign-out',
    {
      schema: {
        ...documentation,
        operationId: 'signOutByPost',
        summary: 'Sign out',
        querystring: signOutSchema,
        body: signOutSchema,
        response: { 200: emptyEnvelope, 403: errorEnvelope },
      },
    },
    (request, reply) => {
      const isByCookie = request.headers.authorization === undefined;
      if (isByCookie && isForeign(request.headers, publicUrl)) throw crossSite();
      return answer(request, reply, { ...request.query, ...request.body });
    },
  );
}

/** Browsers send GET requests with a JSON content type too, so only a POST counts. */
function isPostedJson(request: FastifyRequest): boolean {
  return request.method === 'POST' && isJson(request);
}
