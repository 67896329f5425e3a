/** Renders errors of the OAuth endpoints (RFC 6749 section 5.2). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from './app-error.ts';
import { normalizeError } from './normalize.ts';
import { OAuthError } from './oauth-error.ts';
import { reportError } from './report.ts';

/** An error handler for `setErrorHandler`. */
export function oauthErrorHandler(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = normalizeError(thrown, request.routeOptions.bodyLimit);
  reportError(request, reply, error);
  return renderOAuthError(reply, error);
}

export function renderOAuthError(reply: FastifyReply, error: AppError): FastifyReply {
  if (error instanceof OAuthError && error.challenge) reply.header('www-authenticate', error.challenge);
  if (error instanceof OAuthError && error.dpopNonce) reply.header('dpop-nonce', error.dpopNonce);
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: oauthErrorCode(error), error_description: error.message }));
}

/** Returns the code of the OAuth registry, also for errors that are not OAuth's own. */
export function oauthErrorCode(error: AppError): string {
  if (error instanceof OAuthError) return error.name;
  if (error.status === 503 || error.status === 429) return 'temporarily_unavailable';
  return error.status >= 500 ? 'server_error' : 'invalid_request';
}
