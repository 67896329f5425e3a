/** Decides what a person may do with the own second factors now, and how strong and how new the sign-in has to be for it. */
import type { StepUp } from '@gatehouse/caller-auth/credentials';
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type AssuranceLevel, reaches } from '@gatehouse/contracts/values';
import { assuranceOf } from '../../core/assurance/assurance.ts';
import { needOf } from '../../core/assurance/need.ts';
import {
  addableFactors,
  type EnrolmentFacts,
  enrolmentOf,
  isFresh,
  type OwnFactor,
} from '../../factors/enrolment/permission.ts';
import { countedPasskeys, type HeldFactors, usableFactors } from '../../factors/store/held.ts';
import type { EnrolmentReason } from '../../factors/store/lasting-factors.ts';

export interface Facts extends Pick<EnrolmentFacts, 'policy' | 'roles' | 'held' | 'proofs' | 'nowMs'> {
  /** Whether passkeys work under the public host of the installation. */
  arePasskeysOn: boolean;
}

export interface Situation {
  /** The policy requires this of the person. */
  required: AssuranceLevel;
  /** Why the person may add a factor; undefined: the person may not. */
  reason: EnrolmentReason | undefined;
  addable: OwnFactor[];
  isInvitationNeeded: boolean;
  /** Of somebody who has no factor yet. */
  graceEndsAtMs: number | undefined;
  /** Whether what is left after a removal is enough for the policy. */
  isEnough(left: HeldFactors): boolean;
  /** The level and age that a change needs, and those of the sign-in. */
  stepUp: StepUp;
}

export function situationOf(facts: Facts): Situation {
  const { policy, roles, nowMs, arePasskeysOn } = facts;
  const required = needOf({ policy, roles }).level;
  // Where factors are off, nobody could give one for the change.
  const isUsed = policy.mode !== 'off' || required !== 'password';
  // A change asks for the strongest sign-in before it asks for this.
  const permission = isUsed
    ? enrolmentOf({ ...facts, isStrongest: true, isInvited: false, freshUntilMs: nowMs })
    : undefined;
  return {
    required,
    reason: permission?.by,
    addable: permission === undefined ? [] : addableFactors(policy, { level: required, arePasskeysOn }),
    isInvitationNeeded: isUsed && permission === undefined,
    graceEndsAtMs: permission?.graceEndsAtMs,
    isEnough: (left) => reaches(strongestOf(policy, usableFactors(left, arePasskeysOn)), required),
    stepUp: stepUpOf(facts, { strongest: isUsed ? askableOf(facts) : 'password', required }),
  };
}

/** A passkey cannot be given under another public host than its own: a code is asked for, never the password alone. */
function askableOf({ policy, held, arePasskeysOn }: Facts): AssuranceLevel {
  const strongest = strongestOf(policy, held);
  return strongest === 'phishingResistant' && !arePasskeysOn ? 'secondFactor' : strongest;
}

/** The level that the person reaches by the best factor that counts. */
function strongestOf(policy: SecondFactorView, held: HeldFactors): AssuranceLevel {
  const { allowedFactors } = policy;
  if (allowedFactors.includes('passkey') && countedPasskeys(held, policy) > 0) return 'phishingResistant';
  return allowedFactors.includes('totp') && held.totp > 0 ? 'secondFactor' : 'password';
}

interface Levels {
  strongest: AssuranceLevel;
  required: AssuranceLevel;
}

function stepUpOf({ policy, proofs, nowMs }: Facts, { strongest, required }: Levels): StepUp {
  const { level: reached, atMs } = assuranceOf(proofs, policy, { countsDevices: false });
  // A person who lost the passkey comes in by a recovery code, and replaces it. Where passkeys are required, an administrator helps.
  const recoveries = proofs.flatMap((proof) => (proof.factor === 'recoveryCode' ? [proof.atMs] : []));
  const recoveredAtMs = recoveries.find((recoveredMs) => isFresh(recoveredMs, nowMs));
  const isReplacing = recoveredAtMs !== undefined && required !== 'phishingResistant';
  const level = strongest === 'phishingResistant' && isReplacing ? 'secondFactor' : strongest;
  return {
    level,
    isMet: reaches(reached, level),
    provedAtMs: level === strongest ? atMs[level] : recoveredAtMs,
  };
}
