/** What a token keeps of the browser session it came from. */

export interface SessionReference {
  /** Public session id. */
  sid: string;
  /** When the user authenticated here; a revocation since then also ends what was issued for it. */
  authTimeMs: number;
  /** When an identity provider saw the user, where that was earlier: what `max_age` and `auth_time` speak of. */
  providerAuthTimeMs?: number;
  /** Authentication methods (RFC 8176). */
  amr: string[];
}

export function referenceTo({
  sid,
  authTimeMs,
  providerAuthTimeMs,
  amr,
}: SessionReference): SessionReference {
  return { sid, authTimeMs, amr, ...(providerAuthTimeMs === undefined ? {} : { providerAuthTimeMs }) };
}

/** When the user was last asked, be it by an identity provider (OpenID Connect Core section 2, `auth_time`). */
export function seenAtMsOf({ authTimeMs, providerAuthTimeMs = authTimeMs }: SessionReference): number {
  return providerAuthTimeMs;
}
