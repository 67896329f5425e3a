/** Defines what a token keeps of the browser session that it came from. */
export interface SessionReference {
  /** Public session id. */
  sid: string;
  /** When the user authenticated here; a revocation since then also ends what was issued for it. */
  authTimeMs: number;
  /** When an identity provider authenticated the user, if that was earlier: the base of `max_age` and `auth_time`. */
  providerAuthTimeMs?: number | undefined;
  /** Authentication methods (RFC 8176). */
  amr: string[];
}

export function referenceTo({
  sid,
  authTimeMs,
  providerAuthTimeMs,
  amr,
}: SessionReference): SessionReference {
  return { sid, authTimeMs, amr, providerAuthTimeMs };
}

/** When the user last authenticated, here or at an identity provider (OpenID Connect Core section 2, `auth_time`). */
export function seenAtMsOf({ authTimeMs, providerAuthTimeMs = authTimeMs }: SessionReference): number {
  return providerAuthTimeMs;
}
