/** What a token keeps of the browser session it came from. */

export interface SessionReference {
  /** Public session id. */
  sid: string;
  /** When the user proved who they are. */
  authTimeMs: number;
  /** Authentication methods (RFC 8176). */
  amr: string[];
}
