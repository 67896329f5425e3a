/** Defines the facts by which a person proved who they are, and says them in `amr` (RFC 8176). */

import type { CodeKind } from '@gatehouse/contracts/values';

/** Plain JSON: it is stored with sessions and refresh families as it stands. */
export type Proof =
  | { factor: 'password'; atMs: number }
  /**
   * An identity provider named the person. `methods`: its `amr`. Without `atMs` it did not say when. `isPhishingResistant`: the
   * context that it named means that, by the settings of the contact centre.
   */
  | {
      factor: 'provider';
      atMs?: number | undefined;
      methods: string[];
      isPhishingResistant?: boolean | undefined;
    }
  | { factor: CodeKind; atMs: number }
  /** `isVerified`: the authenticator verified its user. `isEligible`: the key may be on several devices, now or later. */
  | { factor: 'passkey'; atMs: number; isVerified: boolean; isEligible: boolean }
  /** `atMs`: when the device got to know the person by a second factor. */
  | { factor: 'rememberedDevice'; atMs: number };

/** A second factor of Gatehouse that the person gave: a remembered device is none. */
export type OwnProof = Extract<Proof, { factor: CodeKind | 'passkey' }>;

export function isOwnProof(proof: Proof): proof is OwnProof {
  return proof.factor === 'totp' || proof.factor === 'recoveryCode' || proof.factor === 'passkey';
}

/** The value of RFC 8176 for more than one factor. */
export const severalFactors = 'mfa';

const passwordMethod = 'pwd';

/** The methods of the proofs, without duplicates. Whether they are several factors is for the assurance to say. */
export function methodsOf(proofs: readonly Proof[]): string[] {
  return [...new Set(proofs.flatMap(methodsOfOne))];
}

function methodsOfOne(proof: Proof): string[] {
  switch (proof.factor) {
    case 'password':
      return [passwordMethod];
    case 'provider':
      return proof.methods;
    case 'totp':
    case 'recoveryCode':
      return ['otp'];
    case 'passkey':
      return [proof.isEligible ? 'swk' : 'hwk', 'user'];
    case 'rememberedDevice':
      return [];
  }
}

/** The proofs of a sign-in that the release before stored: it knew methods alone. `seenAtMs`: undefined if nobody said. */
export function proofsOfBefore(methods: readonly string[], seenAtMs: number | undefined): Proof[] {
  const [method, another] = methods;
  if (method === passwordMethod && another === undefined && seenAtMs !== undefined)
    return [{ factor: 'password', atMs: seenAtMs }];
  return [{ factor: 'provider', atMs: seenAtMs, methods: [...methods] }];
}
