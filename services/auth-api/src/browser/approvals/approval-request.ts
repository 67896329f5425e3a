/** Defines a client's request for the approval of a person who is elsewhere (OpenID CIBA). */
export interface ApprovalRequest {
  /** Becomes the family of the tokens. */
  id: string;
  clientId: string;
  /** The only person who may see and answer it, in the contact centre that the hint names. */
  sub: string;
  /** Absent in some requests of the release before: nobody sees those, and they expire. */
  contactCenterId?: string;
  scope: string[];
  /** The APIs that the tokens are to be for (RFC 8707); absent: none was named. */
  resources?: string[];
  /** Shown at the client too, so that the person can compare. */
  bindingMessage?: string;
  requestedAtMs: number;
  expiresAtMs: number;
}
