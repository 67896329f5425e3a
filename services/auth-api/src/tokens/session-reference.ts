/** Defines what a token keeps of the browser session that it came from. */
export interface SessionReference {
  /** Public session id. */
  sid: string;
  /** When the user authenticated here; a revocation since then also ends what was issued for it. */
  authTimeMs: number;
  /** When an identity provider authenticated the user, if that was earlier: the base of `max_age` and `auth_time`. */
  providerAuthTimeMs?: number | undefined;
  /** An identity provider did not say when: it may have answered for a sign-in of long ago. */
  isSeenAtUnknown?: boolean | undefined;
  /** Authentication methods (RFC 8176). */
  amr: string[];
}

export function referenceTo({
  sid,
  authTimeMs,
  providerAuthTimeMs,
  isSeenAtUnknown,
  amr,
}: SessionReference): SessionReference {
  return { sid, authTimeMs, amr, providerAuthTimeMs, isSeenAtUnknown };
}

/** When the user proved who they are: to us, with or without a session. */
export function provedAtMsOf(grant: {
  session?: Pick<SessionReference, 'authTimeMs'> | undefined;
  authorizedAtMs: number;
}): number {
  return grant.session?.authTimeMs ?? grant.authorizedAtMs;
}

/** When the user last authenticated, here or at an identity provider (OpenID Connect Core section 2, `auth_time`). Undefined: not known. */
export function seenAtMsOf(session: Omit<SessionReference, 'sid' | 'amr'>): number | undefined {
  const { authTimeMs, providerAuthTimeMs = authTimeMs, isSeenAtUnknown } = session;
  return isSeenAtUnknown ? undefined : providerAuthTimeMs;
}
