/** A checked authorization request: plain JSON, so that it can wait in an interaction until the user has signed in. */
import type { RequestedClaims } from './claims-parameter.ts';
import type { ResponseMode, ResponseType } from './response-types.ts';

/** What the user is shown of a device. */
export interface PendingDevice {
  id: string;
  userCode: string;
  requestedFrom: string;
  requestedAtMs: number;
}

export interface AuthorizationRequest {
  clientId: string;
  /** The URI that the answer goes to. */
  redirectUri: string;
  /** Whether the request named it; then the token request must repeat it (RFC 6749 section 4.1.3). */
  redirectUriGiven: boolean;
  responseType: ResponseType;
  responseMode: ResponseMode;
  scope: string[];
  state?: string;
  nonce?: string;
  /** S256 challenge (RFC 7636). */
  codeChallenge?: string;
  /** The pushed request that this is, to be used up by the answer (RFC 9126 section 4). */
  pushedRequestUri?: string;
  /** The device that is to be let in: then the answer is for it, and not for an application in this browser (RFC 8628). */
  device?: PendingDevice;
  /** The key that the code is bound to (RFC 9449 section 10). */
  dpopJkt?: string;
  prompt: string[];
  maxAgeSeconds?: number;
  /** Claims that were asked for one by one (OpenID Connect Core section 5.5). */
  claims?: RequestedClaims;
  /** Authentication contexts (`acr`) of which the sign-in should have one, or must where they are essential. */
  contexts?: { values: string[]; areEssential: boolean };
  /** The same as they were asked for, the best first: an identity provider may know more of them. */
  acrValues?: string[];
  /** Subject of a verified id_token_hint or of the claims parameter: only this user's session may answer. */
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
