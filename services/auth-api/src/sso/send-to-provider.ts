/** Sends the browser to the identity provider: by redirect, or by a page whose form posts itself (SAML bindings section 3.5.4). */
import { renderPostForm } from '@gatehouse/service-kit/html/post-form';
import type { FastifyReply } from 'fastify';
import type { ProviderRequest } from './protocol.ts';

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
