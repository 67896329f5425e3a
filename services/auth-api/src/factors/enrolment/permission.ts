/** Decides why a person may add a factor, and which: at a sign-in that waits, and in the account area. */
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type AssuranceLevel, reaches } from '@gatehouse/contracts/values';
import { enrolmentGraceEndsAtMs, needOf } from '../../core/assurance/need.ts';
import type { Proof } from '../../core/assurance/proof.ts';
import { type HeldFactors, lastingFactors } from '../store/held.ts';
import type { EnrolmentReason } from '../store/lasting-factors.ts';

export type OwnFactor = SecondFactorView['allowedFactors'][number];

/** A sign-in is new enough for a change of factors as long. */
export const freshSeconds = 300;

export interface EnrolmentFacts {
  policy: SecondFactorView;
  /** Names of the person's roles. */
  roles: readonly string[];
  held: HeldFactors;
  proofs: readonly Proof[];
  /** Whether the person signed in a moment ago by the best that they have. */
  isStrongest: boolean;
  /** An administrator's code was given. */
  isInvited: boolean;
  /** A proof is fresh that was given at most `freshSeconds` before. */
  freshUntilMs: number;
  nowMs: number;
}

interface Permission {
  by: EnrolmentReason;
  /** Of `grace`. */
  graceEndsAtMs?: number | undefined;
}

/** Undefined: the person may add none. With the password alone nobody adds a first factor where one is required, once the time of grace is over. */
export function enrolmentOf(facts: EnrolmentFacts): Permission | undefined {
  const { policy, roles, held, proofs, isStrongest, isInvited, freshUntilMs, nowMs } = facts;
  if (lastingFactors(held) > 0) return isStrongest ? { by: 'strongestSignIn' } : undefined;
  if (isInvited) return { by: 'invitation' };
  if (proofs.some(({ factor, atMs }) => factor === 'provider' && isFresh(atMs, freshUntilMs)))
    return { by: 'provider' };
  const isOffered = policy.mode === 'offered' && needOf({ policy, roles }).level === 'password';
  if (isOffered && isStrongest) return { by: 'strongestSignIn' };
  const graceEndsAtMs = enrolmentGraceEndsAtMs(policy);
  return graceEndsAtMs !== undefined && nowMs <= graceEndsAtMs ? { by: 'grace', graceEndsAtMs } : undefined;
}

/** The factors that the policy accepts, and that reach the level. `arePasskeysOn`: under the public host of the installation. */
export const addableFactors = (
  { allowedFactors }: SecondFactorView,
  { level, arePasskeysOn }: { level: AssuranceLevel; arePasskeysOn: boolean },
): OwnFactor[] =>
  allowedFactors.filter((factor) => (factor === 'passkey' ? arePasskeysOn : reaches('secondFactor', level)));

export const isFresh = (atMs: number | undefined, untilMs: number): boolean =>
  atMs !== undefined && untilMs - atMs <= freshSeconds * 1000;

const dayMs = 86_400_000;

/** A day that has begun counts whole. */
export const daysUntil = (endsAtMs: number | undefined, nowMs: number): number | undefined =>
  endsAtMs === undefined ? undefined : Math.max(1, Math.ceil((endsAtMs - nowMs) / dayMs));
