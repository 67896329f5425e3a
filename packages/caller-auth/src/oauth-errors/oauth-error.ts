/** Defines the errors of the OAuth endpoints: `error` and `error_description` on the wire (RFC 6749 sections 4.1.2.1 and 5.2). */
import { AppError, type AppErrorOptions } from '@gatehouse/service-kit/errors';
import type { FastifyReply } from 'fastify';

export interface OAuthErrorOptions extends AppErrorOptions {
  /** Nonce for the next DPoP proof (RFC 9449 section 8). */
  dpopNonce?: string | undefined;
}

export class OAuthError extends AppError {
  readonly dpopNonce: string | undefined;

  /** `error` is a code of the OAuth registry, `description` the public text. */
  constructor(error: string, status: number, description: string, options: OAuthErrorOptions = {}) {
    super(error, status, description, options);
    this.dpopNonce = options.dpopNonce;
  }

  /** Keeps its form on routes whose other errors have the envelope (compat). */
  override render(reply: FastifyReply): FastifyReply {
    if (this.challenge) reply.header('www-authenticate', this.challenge);
    if (this.dpopNonce) reply.header('dpop-nonce', this.dpopNonce);
    return sendOAuthError(reply, this, this.name);
  }
}

/** `code` is one of the OAuth registry. */
export function sendOAuthError(
  reply: FastifyReply,
  { status, message }: AppError,
  code: string,
): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: code, error_description: message }));
}

/** RFC 6749 section 5.2: printable ASCII without quotes and backslashes, for descriptions that quote a library or a caller. */
export function plainDescription(text: string): string {
  return text.replaceAll('"', "'").replace(/[^\x20-\x7e]|\\/g, '?');
}

type Factory = (description: string, options?: OAuthErrorOptions) => OAuthError;

const factory =
  (error: string, status: number): Factory =>
  (description, options) =>
    new OAuthError(error, status, description, options);

export const invalidRequest = factory('invalid_request', 400);
export const invalidGrant = factory('invalid_grant', 400);
export const invalidScope = factory('invalid_scope', 400);
export const unauthorizedClient = factory('unauthorized_client', 400);
export const unsupportedGrantType = factory('unsupported_grant_type', 400);
export const unsupportedResponseType = factory('unsupported_response_type', 400);
/** RFC 7009 section 2.2.1. */
export const unsupportedTokenType = factory('unsupported_token_type', 400);
/** RFC 8693 section 2.2.2 and RFC 8707 section 2. */
export const invalidTarget = factory('invalid_target', 400);
export const accessDenied = factory('access_denied', 403);
/** OpenID Connect Core section 3.1.2.6. */
export const loginRequired = factory('login_required', 400);

export const interactionRequired = factory('interaction_required', 400);

export const consentRequired = factory('consent_required', 400);

/** OpenID Connect Core Error Code unmet_authentication_requirements 1.0. */
export function unmetRequirements(): OAuthError {
  return new OAuthError(
    'unmet_authentication_requirements',
    400,
    'The sign-in does not have an acr that the request calls essential',
  );
}

/** RFC 6749 section 5.2: 401 with a challenge when the client used the Authorization header. */
export function invalidClient(options?: OAuthErrorOptions): OAuthError {
  return new OAuthError('invalid_client', 401, 'Client authentication failed', {
    challenge: 'Basic realm="gatehouse", charset="UTF-8"',
    ...options,
  });
}

/** RFC 6750 section 3.1. */
export function invalidToken(options?: OAuthErrorOptions): OAuthError {
  return new OAuthError('invalid_token', 401, 'The access token is invalid, expired or revoked', {
    challenge: 'Bearer realm="gatehouse", error="invalid_token"',
    ...options,
  });
}

/** RFC 6750 section 3.1. */
export function insufficientScope(description: string): OAuthError {
  return new OAuthError('insufficient_scope', 403, description, {
    challenge: 'Bearer realm="gatehouse", error="insufficient_scope"',
  });
}

/** RFC 6750 section 3: no credentials at all, so no error code in the challenge. */
export function missingToken(): OAuthError {
  return new OAuthError('unauthorized', 401, 'An access token is required', {
    challenge: 'Bearer realm="gatehouse"',
  });
}
