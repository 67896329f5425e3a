/** Asks a person for a new sign-in before a right is used that a session left open must not have (RFC 9470). */
import { forbidden } from '@gatehouse/service-kit/errors';

const maxAgeSeconds = 900;
/** A provider's clock may be ahead of ours by this much; what lies further in the future is no sign-in. */
const skewMs = 120_000;

/** `signedInAtMs`: when the person proved who they are; undefined: not known. @throws AppError (403) */
export function requireFreshSignIn(signedInAtMs: number | undefined, nowMs: number): void {
  const ageMs = signedInAtMs === undefined ? Number.POSITIVE_INFINITY : nowMs - signedInAtMs;
  if (ageMs <= maxAgeSeconds * 1000 && ageMs >= -skewMs) return;
  throw forbidden(
    `This needs a sign-in that is at most ${maxAgeSeconds / 60} minutes old: sign in again, and repeat the request`,
    { reason: 'stale_sign_in', limit: maxAgeSeconds },
  );
}
