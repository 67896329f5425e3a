/** Defines a client's request for the approval of a person who is elsewhere (OpenID CIBA). */
export interface ApprovalRequest {
  /** Becomes the family of the tokens. */
  id: string;
  clientId: string;
  /** The only person who may see and answer it. */
  sub: string;
  /** The contact centre that the person was looked up in; undefined for a hint that names none, such as an ID token. */
  contactCenterId?: string;
  scope: string[];
  /** Shown at the client too, so that the person can compare. */
  bindingMessage?: string;
  requestedAtMs: number;
  expiresAtMs: number;
}
