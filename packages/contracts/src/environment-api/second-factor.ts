/** Describes which proofs a contact centre requires of its people: what Auth API reads of the policy. */
import { z } from 'zod';
import { components } from '../answers/components.ts';

/** `offered`: people may have a second factor. `required`: nobody gets anything without one. */
export const secondFactorModes = ['off', 'offered', 'required', 'phishingResistant'] as const;

/** Factors of Gatehouse that people may use. Recovery codes belong to each of them. */
export const ownFactors = ['passkey', 'totp'] as const;

/** `trustUpstream`: a second factor at the identity provider counts. `alsoHere`: only factors of Gatehouse count. */
export const federatedFactors = ['trustUpstream', 'alsoHere'] as const;

export const syncedPasskeys = ['allowed', 'refused'] as const;

/** `direct`: a new passkey proves the model of its authenticator, by the FIDO metadata that the operator gave. */
export const attestations = ['none', 'direct'] as const;

/** Where a browser looks for a passkey (WebAuthn Level 3, section 5.8.7): these words are sent to it, in this order. */
export const passkeyHints = ['security-key', 'client-device', 'hybrid'] as const;

export const secondFactorSchema = z.object({
  mode: z.enum(secondFactorModes),
  allowedFactors: z.array(z.enum(ownFactors)),
  federated: z.enum(federatedFactors),
  syncedPasskeys: z.enum(syncedPasskeys),
  attestation: z.enum(attestations),
  /** AAGUIDs that new passkeys may have where they are attested; empty: all that the metadata knows. */
  passkeyModels: z.array(z.string()),
  hints: z.array(z.enum(passkeyHints)),
  /** How long after a stricter policy people without a factor still come in; they can make one in this time. */
  enrolmentGraceDays: z.int(),
  /** How long a browser is remembered in which somebody gave a factor; 0: never. */
  rememberDays: z.int(),
  /** A proof that is older does not count any more; 0: it counts as long as the session lives. */
  reauthenticateHours: z.int(),
  /** How long after a stricter policy refresh tokens of weaker sign-ins still work. */
  graceHours: z.int(),
  /** Roles whose people need more than the mode says. */
  requiredRoles: z.array(z.string()),
  phishingResistantRoles: z.array(z.string()),
});
components.add(secondFactorSchema, { id: 'SecondFactor' });

export const secondFactorViewSchema = secondFactorSchema.extend({
  /** When the policy last became stricter, ISO 8601; absent: it never did. */
  raisedAt: z.string().optional(),
});

export type SecondFactor = z.infer<typeof secondFactorSchema>;
export type SecondFactorView = z.infer<typeof secondFactorViewSchema>;

export const noSecondFactor: SecondFactor = {
  mode: 'off',
  allowedFactors: [...ownFactors],
  federated: 'trustUpstream',
  syncedPasskeys: 'allowed',
  attestation: 'none',
  passkeyModels: [],
  hints: [],
  enrolmentGraceDays: 14,
  rememberDays: 0,
  reauthenticateHours: 0,
  graceHours: 24,
  requiredRoles: [],
  phishingResistantRoles: [],
};

/** Whether `after` may refuse a sign-in that `before` let in: times of grace then begin anew. */
export function isStricter(before: SecondFactor, after: SecondFactor): boolean {
  const adds = (ofBefore: readonly string[], ofAfter: readonly string[]) =>
    ofAfter.some((name) => !ofBefore.includes(name));
  return (
    demandOf(after) > demandOf(before) ||
    adds(before.requiredRoles, after.requiredRoles) ||
    adds(before.phishingResistantRoles, after.phishingResistantRoles) ||
    // These factors counted before, and do not any more.
    adds(after.allowedFactors, before.allowedFactors) ||
    (before.federated === 'trustUpstream' && after.federated === 'alsoHere') ||
    (before.syncedPasskeys === 'allowed' && after.syncedPasskeys === 'refused') ||
    lifeOf(after) < lifeOf(before)
  );
}

/** Demands what either of them demands. The times and the rules of new passkeys are those of `base`, which never make a policy stricter. */
export function strictestOf<P extends SecondFactor>(base: P, other: SecondFactor): P {
  const union = (one: string[], another: string[]) => [...new Set([...one, ...another])];
  return {
    ...base,
    mode: demandOf(other) > demandOf(base) ? other.mode : base.mode,
    requiredRoles: union(base.requiredRoles, other.requiredRoles),
    phishingResistantRoles: union(base.phishingResistantRoles, other.phishingResistantRoles),
    allowedFactors: base.allowedFactors.filter((factor) => other.allowedFactors.includes(factor)),
    federated: other.federated === 'alsoHere' ? other.federated : base.federated,
    syncedPasskeys: other.syncedPasskeys === 'refused' ? other.syncedPasskeys : base.syncedPasskeys,
    reauthenticateHours: lifeOf(other) < lifeOf(base) ? other.reauthenticateHours : base.reauthenticateHours,
  };
}

/** `offered` demands no more than `off`: people may have a second factor, and need none. */
function demandOf({ mode }: SecondFactor): number {
  return Math.max(secondFactorModes.indexOf(mode), secondFactorModes.indexOf('offered'));
}

function lifeOf({ reauthenticateHours }: SecondFactor): number {
  return reauthenticateHours === 0 ? Number.POSITIVE_INFINITY : reauthenticateHours;
}
