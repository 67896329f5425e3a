/** Decides what a person has to do before a sign-in that is too weak goes on. */
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import type { AssuranceLevel } from '@gatehouse/contracts/values';
import {
  addableFactors,
  type EnrolmentFacts,
  enrolmentOf,
  isFresh,
  type OwnFactor,
} from '../../factors/enrolment/permission.ts';
import { countedPasskeys, lastingFactors } from '../../factors/store/held.ts';
import type { EnrolmentReason } from '../../factors/store/lasting-factors.ts';

/** The factors that the person may give now. */
export interface Answerable {
  passkey: boolean;
  totp: boolean;
  recoveryCode: boolean;
}

export type NextStep =
  | { state: 'verify'; factors: Answerable }
  | { state: 'enrol'; by: EnrolmentReason; allowed: OwnFactor[]; graceEndsAtMs?: number | undefined }
  /** `passkeysAreMissed`: the person could go on if passkeys worked under the public host of the installation. */
  | { state: 'blocked'; passkeysAreMissed: boolean };

/** `freshUntilMs`: when the sign-in began to wait, so that a proof that was fresh then is fresh until the sign-in ends. */
export interface StepFacts extends Omit<EnrolmentFacts, 'isStrongest'> {
  need: AssuranceLevel;
  /** Whether passkeys work under the public host of the installation. */
  arePasskeysOn: boolean;
}

export function nextStepOf(facts: StepFacts): NextStep {
  const { policy, need: level, held, arePasskeysOn } = facts;
  const enough = answerableOf(facts, true);
  if (isAny(enough)) return { state: 'verify', factors: enough };
  const isHolder = lastingFactors(held) > 0;
  const allowed = addableFactors(policy, { level, arePasskeysOn });
  // Not enough for the need, but more than the password: a person who gives it may add a factor that is enough.
  const best = answerableOf(facts, false);
  const isStrongest = isHolder ? hasGiven(facts, isAnswerable(best)) : hasGiven(facts, isPassword);
  if (isHolder && !isStrongest && isAny(best) && allowed.length > 0)
    return { state: 'verify', factors: best };
  const permission = enrolmentOf({ ...facts, isStrongest });
  if (permission !== undefined && allowed.length > 0) return { state: 'enrol', allowed, ...permission };
  return {
    state: 'blocked',
    passkeysAreMissed: !arePasskeysOn && (held.passkeys > 0 || allowed.length === 0),
  };
}

/** `isEnough`: only those that meet the need. Otherwise the strongest that the person has, whether or not the policy counts it. */
function answerableOf({ policy, need, held, arePasskeysOn }: StepFacts, isEnough: boolean): Answerable {
  const counted = countedPasskeys(held, policy);
  const passkey = arePasskeysOn && (isEnough ? counts(policy, 'passkey') && counted > 0 : held.passkeys > 0);
  const takesCodes = isEnough ? need !== 'phishingResistant' : !passkey;
  return {
    passkey,
    totp: takesCodes && held.totp > 0 && (!isEnough || counts(policy, 'totp')),
    recoveryCode: takesCodes && held.recoveryCodes > 0,
  };
}

const counts = ({ allowedFactors }: SecondFactorView, factor: OwnFactor) => allowedFactors.includes(factor);

const isAny = (factors: Answerable) => factors.passkey || factors.totp || factors.recoveryCode;

const isAnswerable = (factors: Answerable) => (factor: string) =>
  factor in factors && factors[factor as keyof Answerable];

const isPassword = (factor: string) => factor === 'password';

const hasGiven = ({ proofs, freshUntilMs }: StepFacts, isWanted: (factor: string) => boolean) =>
  proofs.some(({ factor, atMs }) => isWanted(factor) && isFresh(atMs, freshUntilMs));
