/** Renders errors of the OAuth endpoints (RFC 6749 section 5.2). */
import { type AppError, createErrorHandler } from '@gatehouse/service-kit/errors';
import { OAuthError, sendOAuthError } from './oauth-error.ts';

export const oauthErrorHandler = createErrorHandler((error, _request, reply) =>
  error instanceof OAuthError ? error.render(reply) : sendOAuthError(reply, error, codeOf(error)),
);

/** Returns a code of the OAuth registry for an error that is not OAuth's own. */
function codeOf({ status }: AppError): string {
  if (status === 503 || status === 429) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}
