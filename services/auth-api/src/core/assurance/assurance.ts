/** Computes from the proofs of a sign-in which level it reaches under a policy, and when each level was last proved. */
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type AssuranceLevel, reaches, strongerOf } from '@gatehouse/contracts/values';
import { methodsOf, type OwnProof, type Proof, severalFactors } from './proof.ts';

export interface Assurance {
  /** With the devices that count: the gate asks for it. */
  level: AssuranceLevel;
  /** By what the person gave. Tokens say it, because a remembered device proves nothing to an API that asks for a factor (RFC 9470). */
  provedLevel: AssuranceLevel;
  /** RFC 8176. `mfa` is among them where several factors count, and nowhere else. */
  amr: string[];
  /** When each reached level was proved last. A level without a time: nobody said when. */
  atMs: Partial<Record<AssuranceLevel, number>>;
}

/** The rules by which proofs count. */
export type CountingRules = Pick<
  SecondFactorView,
  'allowedFactors' | 'federated' | 'syncedPasskeys' | 'rememberDays' | 'raisedAt'
>;

/** A level, and when it was proved. */
interface Reached {
  level: AssuranceLevel;
  atMs: number | undefined;
}

/** `countsDevices`: whether a remembered device stands for the second factor by which it got to know the person. */
export function assuranceOf(
  proofs: readonly Proof[],
  rules: CountingRules,
  { countsDevices }: { countsDevices: boolean },
): Assurance {
  const reached = [
    ...proofs.map((proof) => reachedAlone(proof, rules)),
    ...pairs(proofs, rules, countsDevices),
  ];
  const level = reached.map((one) => one.level).reduce(strongerOf, 'password');
  const provedLevel = countsDevices ? assuranceOf(proofs, rules, { countsDevices: false }).level : level;
  const methods = methodsOf(proofs).filter((method) => method !== severalFactors);
  return {
    level,
    provedLevel,
    amr: provedLevel === 'password' ? methods : [...methods, severalFactors],
    atMs: Object.fromEntries(
      (['password', 'secondFactor', 'phishingResistant'] as const).flatMap((wanted) => {
        const times = reached.flatMap((one) => (reaches(one.level, wanted) ? (one.atMs ?? []) : []));
        return times.length === 0 ? [] : [[wanted, Math.max(...times)]];
      }),
    ),
  };
}

function reachedAlone(proof: Proof, rules: CountingRules): Reached {
  const { atMs } = proof;
  if (proof.factor === 'provider') return { level: levelOfProvider(proof, rules), atMs };
  // The device stands for two factors: the key, and what its user knows or is.
  if (proof.factor === 'passkey' && counts(proof, rules) && proof.isVerified)
    return { level: 'phishingResistant', atMs };
  // A remembered device proves nothing by itself, and says nothing of when the person was last there.
  return { level: 'password', atMs: proof.factor === 'rememberedDevice' ? undefined : atMs };
}

/** A password, and a factor beside it. */
function pairs(proofs: readonly Proof[], rules: CountingRules, countsDevices: boolean): Reached[] {
  const password = proofs.find(({ factor }) => factor === 'password' || factor === 'provider');
  if (password === undefined) return [];
  return proofs.flatMap((proof): Reached[] => {
    switch (proof.factor) {
      case 'totp':
      case 'recoveryCode':
        return counts(proof, rules) ? [{ level: 'secondFactor', atMs: latest(password, proof) }] : [];
      case 'passkey':
        return counts(proof, rules) ? [{ level: 'phishingResistant', atMs: latest(password, proof) }] : [];
      case 'rememberedDevice':
        return countsDevices && isRemembered(proof, rules)
          ? [{ level: 'secondFactor', atMs: proof.atMs }]
          : [];
      default:
        return [];
    }
  });
}

/** A session goes on with the proof: a stricter policy ends that too, as does one by which nothing is remembered. */
function isRemembered({ atMs }: { atMs: number }, { rememberDays, raisedAt }: CountingRules): boolean {
  return rememberDays > 0 && (raisedAt === undefined || atMs > Date.parse(raisedAt));
}

/** Whether a factor is one by the policy. */
export function counts(proof: OwnProof, rules: CountingRules): boolean {
  if (proof.factor === 'recoveryCode') return true;
  if (!rules.allowedFactors.includes(proof.factor)) return false;
  // A key that may be copied may have been.
  return proof.factor !== 'passkey' || !proof.isEligible || rules.syncedPasskeys === 'allowed';
}

/** RFC 8176 section 2: `hwk` and `swk` prove a key, and `user` that a person was there. A provider that says no `mfa` counts as one factor. */
function levelOfProvider(
  { methods, isPhishingResistant = false }: Extract<Proof, { factor: 'provider' }>,
  { federated }: CountingRules,
): AssuranceLevel {
  if (federated !== 'trustUpstream' || !methods.includes(severalFactors)) return 'password';
  const hasKey = methods.includes('hwk') || methods.includes('swk');
  return isPhishingResistant || (hasKey && methods.includes('user')) ? 'phishingResistant' : 'secondFactor';
}

/** The later one: a level is as old as the latest factor that it rests on. */
function latest(one: Proof, other: Proof): number {
  return Math.max(one.atMs ?? 0, other.atMs ?? 0);
}
