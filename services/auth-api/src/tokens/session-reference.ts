/** Defines what a token keeps of the browser session that it came from. */
import { isOwnProof, type Proof, proofsOfBefore } from '../core/assurance/proof.ts';

export interface SessionReference {
  /** Public session id. */
  sid: string;
  /** When the user authenticated here; a revocation since then also ends what was issued for it. */
  authTimeMs: number;
  /** When an identity provider authenticated the user, if that was earlier: the base of `max_age` and `auth_time`. */
  providerAuthTimeMs?: number | undefined;
  /** An identity provider did not say when: it may have answered for a sign-in of long ago. */
  isSeenAtUnknown?: boolean | undefined;
  /** Authentication methods (RFC 8176), for replicas of the release before. */
  amr: string[];
  /** How the user proved who they are. Absent in sessions of the release before. */
  proofs?: Proof[] | undefined;
}

export function referenceTo({
  sid,
  authTimeMs,
  providerAuthTimeMs,
  isSeenAtUnknown,
  amr,
  proofs,
}: SessionReference): SessionReference {
  return { sid, authTimeMs, amr, providerAuthTimeMs, isSeenAtUnknown, proofs };
}

/** When the user proved who they are: to us, with or without a session. */
export function provedAtMsOf(grant: {
  session?: Pick<SessionReference, 'authTimeMs'> | undefined;
  authorizedAtMs: number;
}): number {
  return grant.session?.authTimeMs ?? grant.authorizedAtMs;
}

/** How the user proved who they are: without a session, by a password that a program sent. */
export function proofsOf(grant: {
  session?: Omit<SessionReference, 'sid'> | undefined;
  authorizedAtMs: number;
}): Proof[] {
  const { session, authorizedAtMs } = grant;
  if (session === undefined) return [{ factor: 'password', atMs: authorizedAtMs }];
  return session.proofs ?? proofsOfBefore(session.amr, seenAtMsOf(session));
}

/** When the user last authenticated, here or at an identity provider (OpenID Connect Core section 2, `auth_time`). Undefined: not known. */
export function seenAtMsOf(session: Omit<SessionReference, 'sid' | 'amr'>): number | undefined {
  const { authTimeMs, providerAuthTimeMs = authTimeMs, isSeenAtUnknown, proofs = [] } = session;
  const times = proofs.flatMap((proof) => (isOwnProof(proof) ? [proof.atMs] : []));
  if (!isSeenAtUnknown) times.push(providerAuthTimeMs);
  return times.length === 0 ? undefined : Math.max(...times);
}
