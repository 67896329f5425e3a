/** A checked authorization request: plain JSON, so that it can wait in an interaction until the user has signed in. */

export interface AuthorizationRequest {
  clientId: string;
  /** The URI that the answer goes to. */
  redirectUri: string;
  /** Whether the request named it; then the token request must repeat it (RFC 6749 section 4.1.3). */
  redirectUriGiven: boolean;
  scope: string[];
  state?: string;
  nonce?: string;
  /** S256 challenge (RFC 7636). */
  codeChallenge?: string;
  prompt: string[];
  maxAgeSeconds?: number;
  /** Subject of a verified id_token_hint: only this user's session may answer. */
  hintedSubject?: string;
  loginHint?: string;
  uiLocales?: string;
  /** Compat: tenant known beforehand, and not to be asked for. */
  tenantHint?: string;
  hideTenant: boolean;
  /** The answer must rest on a sign-in that is not older than this request. */
  requiresFreshSignIn: boolean;
  requestedAtMs: number;
}
