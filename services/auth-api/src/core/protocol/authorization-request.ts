/** Defines a checked authorization request. It is plain JSON, stored in an interaction while the user logs in. */
import type { AuthorizationDetail } from './authorization-details.ts';
import type { RequestedClaims } from './claims-parameter.ts';
import type { ResponseMode, ResponseType } from './response-types.ts';

/** The device as the user sees it. */
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
  /** JARM: the answer is one signed JWT. */
  asJwt?: boolean;
  scope: string[];
  state?: string;
  nonce?: string;
  /** S256 challenge (RFC 7636). */
  codeChallenge?: string;
  /** RFC 9126 section 4: the URI of the pushed request, used up by the answer. */
  pushedRequestUri?: string;
  /** RFC 8628: the device that gets the answer, instead of an application in this browser. */
  device?: PendingDevice;
  /** The key that the code is bound to (RFC 9449 section 10). */
  dpopJkt?: string;
  prompt: string[];
  maxAgeSeconds?: number;
  /** The `claims` parameter (OpenID Connect Core section 5.5). */
  claims?: RequestedClaims;
  /** Authorization details (RFC 9396), and what the consent page says of each. */
  details?: AuthorizationDetail[];
  detailTexts?: string[];
  /** The APIs that the tokens are to be for (RFC 8707), by the names that `aud` has. */
  resources?: string[];
  /** Authentication contexts (`acr`) of which the login should have one, or must if they are essential. */
  contexts?: { values: string[]; areEssential: boolean };
  /** `acr_values` as sent, the preferred first: an identity provider may know values that Gatehouse does not. */
  acrValues?: string[];
  /** Subject of a verified id_token_hint or of the claims parameter: only this user's session may answer. */
  hintedSubject?: string;
  /** Contact centre of a verified id_token_hint: another one may know somebody by the same subject. */
  hintedContactCenterId?: string;
  loginHint?: string;
  uiLocales?: string;
  /** Compat: the tenant, if the application knows it. */
  tenantHint?: string;
  hideTenant: boolean;
  /** The login must not be older than this request. */
  requiresFreshSignIn: boolean;
  requestedAtMs: number;
}

/** Whether the request is for another user than this one. */
export function isForAnother(
  { hintedSubject, hintedContactCenterId }: AuthorizationRequest,
  { sub, contactCenterId }: { sub: string; contactCenterId: string },
): boolean {
  if (hintedContactCenterId !== undefined && hintedContactCenterId !== contactCenterId) return true;
  return hintedSubject !== undefined && hintedSubject !== sub;
}
