/** Names what others may use to refuse a request and to render what was thrown. */
export {
  AppError,
  type AppErrorOptions,
  badRequest,
  conflict,
  type FieldProblem,
  forbidden,
  notFound,
  preconditionFailed,
  tooManyRequests,
  unauthorized,
  unavailable,
} from './app-error.ts';
export { normalizeError } from './normalize.ts';
export {
  accessDenied,
  consentRequired,
  insufficientScope,
  invalidClient,
  invalidGrant,
  invalidRequest,
  invalidScope,
  invalidTarget,
  invalidToken,
  loginRequired,
  missingToken,
  OAuthError,
  plainDescription,
  unauthorizedClient,
  unmetRequirements,
  unsupportedGrantType,
  unsupportedResponseType,
  unsupportedTokenType,
} from './oauth-error.ts';
export { envelopeErrorHandler, errorEnvelope } from './render-envelope.ts';
export { htmlErrorHandler, renderErrorPage, sendErrorPage } from './render-html.ts';
export { oauthErrorHandler } from './render-oauth.ts';
export { reportError } from './report.ts';
