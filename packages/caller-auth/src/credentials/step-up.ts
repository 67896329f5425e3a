/** Asks a person for a stronger or newer sign-in before a right is used that a session left open must not have (RFC 9470). */
import { type AssuranceLevel, assuranceNames, stepUpReasonOf } from '@gatehouse/contracts/values';
import { AppError } from '@gatehouse/service-kit/errors';

export interface StepUp {
  /** The policy requires this level of the person. */
  level: AssuranceLevel;
  /** Whether the sign-in meets the policy. */
  isMet: boolean;
  /** When the sign-in reached the level; undefined: never, or nobody knows. */
  provedAtMs: number | undefined;
}

const usualMaxAgeSeconds = 900;
/** A provider's clock may be ahead of ours by this much; what lies further in the future is no sign-in. */
const skewMs = 120_000;

const proofs: Record<AssuranceLevel, string> = {
  password: 'a sign-in',
  secondFactor: 'a sign-in with a second factor',
  phishingResistant: 'a sign-in with a passkey or another phishing-resistant factor',
};

/** Whether the level was reached so lately. */
export function isFresh({ isMet, provedAtMs }: StepUp, maxAgeSeconds: number, nowMs: number): boolean {
  const ageMs = provedAtMs === undefined ? Number.POSITIVE_INFINITY : nowMs - provedAtMs;
  return isMet && ageMs <= maxAgeSeconds * 1000 && ageMs >= -skewMs;
}

interface StepUpRules {
  /** The level must have been reached within `maxAgeSeconds`. */
  isDangerous: boolean;
  maxAgeSeconds?: number;
  nowMs: number;
}

/** @throws AppError (401) */
export function requireStepUp(
  stepUp: StepUp,
  { isDangerous, maxAgeSeconds = usualMaxAgeSeconds, nowMs }: StepUpRules,
): void {
  const { level, isMet } = stepUp;
  if (isFresh(stepUp, maxAgeSeconds, nowMs) || (isMet && !isDangerous)) return;
  throw new AppError(
    'insufficient_user_authentication',
    401,
    `This needs ${proofs[level]} that is at most ${maxAgeSeconds / 60} minutes old: sign in again, and repeat the request`,
    {
      reason: stepUpReasonOf(level),
      limit: maxAgeSeconds,
      challenge: `Bearer realm="gatehouse", error="insufficient_user_authentication", acr_values="${assuranceNames[level]}", max_age="${maxAgeSeconds}"`,
    },
  );
}
