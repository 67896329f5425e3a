/** Verifies Proof Key for Code Exchange (RFC 7636), method S256 only: `plain` does not protect a request that leaked. */
import { safeEqual, sha256 } from '@gatehouse/service-kit/crypto';

const challengeShape = /^[A-Za-z0-9_-]{43}$/;
const verifierShape = /^[A-Za-z0-9._~-]{43,128}$/;

/** The problem of the challenge in an authorization request, or undefined. */
export function codeChallengeProblem(
  challenge: string | undefined,
  method: string | undefined,
  required: boolean,
): string | undefined {
  if (challenge === undefined) {
    if (method !== undefined) return 'code_challenge_method is given without code_challenge';
    return required ? 'code_challenge is required for this client' : undefined;
  }
  // RFC 7636 section 4.3: a missing method means plain.
  if (method !== 'S256') return 'code_challenge_method must be S256';
  return challengeShape.test(challenge) ? undefined : 'code_challenge must be 43 base64url characters';
}

/**
 * Whether the verifier of the token request proves the challenge. A verifier without a challenge is a downgrade
 * (RFC 9700 section 4.8.2) and refused like a challenge without a verifier.
 */
export function provesCodeChallenge(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  return verifierShape.test(verifier) && safeEqual(sha256(verifier), challenge);
}
