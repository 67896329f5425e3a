/** Names what others may use to refuse a request of the OAuth endpoints. */
export {
  accessDenied,
  consentRequired,
  insufficientScope,
  interactionRequired,
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
export { oauthErrorHandler } from './render-oauth.ts';
