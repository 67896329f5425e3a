/** Serves `/auth/v3/sso/start`: the login page, an application or a bookmark sends browsers here to start a login. */
import { freeText } from '@gatehouse/contracts/values';
import { htmlErrorHandler } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { renderPostForm } from '../../../core/protocol/post-form.ts';
import { noStore } from '../no-store.ts';
import type { ProviderRequest } from '../protocol.ts';
import type { SsoLogin } from './login.ts';
import type { Trials } from './trials.ts';

const querySchema = z.object({
  interaction: freeText(128).optional().describe('Authorization request that waits'),
  tenant: freeText(255).optional().describe('Domain of the contact centre'),
  redirectUri: freeText(2048)
    .optional()
    .describe('Page of a registered application to go on to, where no authorization request waits'),
  again: z
    .literal('true')
    .optional()
    .describe('Have the person asked anew, whatever session the identity provider has'),
  login_hint: freeText(512).optional().describe('User name; may be tenant\\user'),
});

const prefix = '/auth/v3/sso';
const trial = '/trial';
/** Where a browser begins a sign-in as a test. */
export const trialPath = `${prefix}${trial}`;

export function ssoStartRoutes(app: App, { login, trials }: { login: SsoLogin; trials: Trials }): void {
  app.setErrorHandler(htmlErrorHandler);
  app.addHook('onRequest', noStore);

  app.route({
    method: 'GET',
    url: '/start',
    schema: {
      operationId: 'startSingleSignOn',
      tags: ['single sign-on'],
      summary: 'Go to the identity provider of the contact centre',
      description:
        'Answers with a redirect, or with a page that posts a form there. Where the contact centre asks for a password, the redirect leads to the sign-in page.',
      querystring: querySchema,
    },
    handler: async (request, reply) => {
      const { interaction, tenant, login_hint: userName, redirectUri: target, again } = request.query;
      const providerRequest = await login.start(
        { request, reply },
        {
          interactionId: interaction,
          tenant,
          userName,
          target,
          asksAnew: again !== undefined,
        },
      );
      return sendToProvider(reply, providerRequest);
    },
  });

  app.route({
    method: 'GET',
    url: trial,
    schema: {
      operationId: 'startSsoTrial',
      tags: ['single sign-on'],
      summary: 'Go to the identity provider as a test, with the ticket of an administrator',
      querystring: z.object({ ticket: freeText(128) }),
    },
    handler: async (request, reply) =>
      sendToProvider(reply, await trials.start({ request, reply }, request.query.ticket)),
  });
}

export function sendToProvider(reply: FastifyReply, providerRequest: ProviderRequest): FastifyReply {
  // 303: what was posted to us is not posted on.
  if (providerRequest.kind === 'redirect') return reply.redirect(providerRequest.location, 303);
  const page = renderPostForm({
    title: 'Your organisation signs you in',
    text: 'You are on your way to its page. If nothing happens, go on by the button.',
    action: providerRequest.action,
    fields: providerRequest.fields,
    // Where the identity provider leads its visitors from there is not known here.
    formAction: '*',
  });
  return reply.headers(page.headers).type('text/html; charset=utf-8').send(page.html);
}
