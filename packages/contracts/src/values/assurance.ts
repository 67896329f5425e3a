/** Names how surely a person proved who they are: the levels, weakest first, and the values of `acr` that say them. */

import type { ProblemReason } from './problem-reasons.ts';

export const assuranceLevels = ['password', 'secondFactor', 'phishingResistant'] as const;

export type AssuranceLevel = (typeof assuranceLevels)[number];

/** Factors of Gatehouse that are typed: a code of an app, or a recovery code. */
export const codeKinds = ['totp', 'recoveryCode'] as const;

export type CodeKind = (typeof codeKinds)[number];

/** The value of `acr` for each level, for a client that asked by one of these names. */
export const assuranceNames = {
  password: 'urn:gatehouse:acr:password',
  secondFactor: 'urn:gatehouse:acr:second-factor',
  phishingResistant: 'urn:gatehouse:acr:phishing-resistant',
} as const satisfies Record<AssuranceLevel, string>;

/** The stronger one. */
export function strongerOf(one: AssuranceLevel, other: AssuranceLevel): AssuranceLevel {
  return reaches(one, other) ? one : other;
}

export function reaches(reached: AssuranceLevel, wanted: AssuranceLevel): boolean {
  return assuranceLevels.indexOf(reached) >= assuranceLevels.indexOf(wanted);
}

/** Why our APIs refuse somebody who must prove more, or anew (RFC 9470): by the level that they need. */
const stepUpReasons = {
  password: 'stale_sign_in',
  secondFactor: 'stale_second_factor',
  phishingResistant: 'stale_phishing_resistant_factor',
} as const satisfies Record<AssuranceLevel, ProblemReason>;

export function stepUpReasonOf(level: AssuranceLevel): ProblemReason {
  return stepUpReasons[level];
}

/** Undefined: the refusal had another reason. */
export function levelOfStepUp(reason: string | undefined): AssuranceLevel | undefined {
  return assuranceLevels.find((level) => stepUpReasons[level] === reason);
}
