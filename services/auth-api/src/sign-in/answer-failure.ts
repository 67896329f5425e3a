/** Answers a form that may be sent again: a redirect to its page, or the envelope for programs. */
import { errorEnvelope } from '@gatehouse/service-kit/errors/render-envelope';
import { reportError } from '@gatehouse/service-kit/errors/report';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isJson } from '../browser/browser-scope.ts';
import { SignInError } from '../users/sign-in-error.ts';
import { FormFailed } from './form-failed.ts';

/** @throws whatever is no failed form: the error handler of the scope knows what to do */
export function answerFailure(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const reason = error instanceof FormFailed ? error.reason : error;
  if (!(reason instanceof SignInError)) throw error;
  reportError(request, reply, reason);
  if (error instanceof FormFailed && !isJson(request)) return reply.redirect(error.location, 302);
  // Not the 401 of HTTP Basic: a browser must not ask for a password in a window of its own.
  return reply.code(reason.status).type('application/json; charset=utf-8').send(errorEnvelope(reason));
}
