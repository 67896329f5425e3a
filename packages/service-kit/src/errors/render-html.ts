/** Errors for people: a page with plain words, a correlation id and a way on. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from './app-error.ts';
import { type ErrorPage, renderErrorPage } from './error-page.ts';
import { normalizeError } from './normalize.ts';
import { errorEnvelope } from './render-envelope.ts';
import { reportError } from './report.ts';

/** An error handler for `setErrorHandler`; JSON for callers that accept nothing but JSON. */
export function htmlErrorHandler(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = normalizeError(thrown, request.routeOptions.bodyLimit);
  reportError(request, reply, error);
  return sendErrorPage(request, reply, error);
}

/** `words` replace what the error itself says, for pages that speak the reader's language. */
export function sendErrorPage(
  request: FastifyRequest,
  reply: FastifyReply,
  error: AppError,
  words: Partial<Omit<ErrorPage, 'status' | 'correlationId'>> = {},
): FastifyReply {
  reply.code(error.status).header('cache-control', 'no-store');
  if (acceptsOnlyJson(request.headers.accept)) {
    return reply.type('application/json; charset=utf-8').send(errorEnvelope(error));
  }
  const page = renderErrorPage({
    status: error.status,
    title: titleOf(error),
    text: error.message,
    ...words,
    correlationId: request.id,
  });
  return reply.headers(page.headers).type('text/html; charset=utf-8').send(page.html);
}

function titleOf(error: AppError): string {
  if (error.status === 404) return 'Page not found';
  if (error.status === 429) return 'Too many attempts';
  if (error.status >= 500) return 'Sign-in is not available right now';
  return 'This request cannot be completed';
}

function acceptsOnlyJson(accept: string | undefined): boolean {
  return accept !== undefined && /^application\/json\b/i.test(accept) && !/text\/html|\*\/\*/i.test(accept);
}
