/** Sends the browser on: by redirect, or by a page whose form posts itself (SAML bindings section 3.5.4). */
import { renderPostForm } from '@gatehouse/service-kit/html/post-form';
import type { FastifyReply } from 'fastify';
import type { Departure } from './protocol.ts';

export function sendDeparture(reply: FastifyReply, departure: Departure): FastifyReply {
  // 303: what was posted to us is not posted on.
  if (departure.kind === 'redirect') return reply.redirect(departure.location, 303);
  const page = renderPostForm({
    title: 'Your organisation signs you in',
    text: 'You are on your way to its page. If nothing happens, go on by the button.',
    action: departure.action,
    fields: departure.fields,
    // Where the identity provider leads its visitors from there is not known here.
    formAction: '*',
  });
  return reply.headers(page.headers).type('text/html; charset=utf-8').send(page.html);
}
