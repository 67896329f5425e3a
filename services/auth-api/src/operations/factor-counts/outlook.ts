/** Decides whether people come in under a policy, by what they have: as the gate would, before anybody signs in. */
import type { FactorVerdict } from '@gatehouse/contracts/auth-administration';
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type AssuranceLevel, definedOnly, reaches, strongerOf } from '@gatehouse/contracts/values';
import { assuranceOf } from '../../core/assurance/assurance.ts';
import { enrolmentGraceEndsAtMs, needOf } from '../../core/assurance/need.ts';
import { addableFactors } from '../../factors/enrolment/permission.ts';
import { type HeldFactors, lastingFactors, proofsOfHeld, usableFactors } from '../../factors/store/held.ts';

export interface Person {
  sub: string;
  held: HeldFactors;
  /** Of the last sign-in. */
  isByProvider: boolean;
  /** Those that the policy names. Undefined: they are known when the person signs in. */
  roles: readonly string[] | undefined;
}

export type Standing = 'ready' | 'byProvider' | 'mustAdd' | 'inGrace' | 'lockedOut';

/** Says of each person how the policy treats somebody like that. */
export type Judge = (person: Person) => Standing;

export interface Outlook {
  level: AssuranceLevel;
  /** Undefined: the person is none of those whom it is about. */
  judge(person: Person): Standing | undefined;
}

export interface PolicyOutlook extends Pick<FactorVerdict, 'enrolmentEndsAt'> {
  /** By the roles, too, where they are known. */
  judge: Judge;
  everybody: Outlook;
  roles: (Outlook & { roles: readonly string[] })[];
}

/** `arePasskeysOn`: whether passkeys work under the public host of the installation. */
interface Circumstances {
  arePasskeysOn: boolean;
  nowMs: number;
}

export function outlookOf(policy: SecondFactorView, circumstances: Circumstances): PolicyOutlook {
  const { level } = needOf({ policy, roles: [] });
  const { requiredRoles, phishingResistantRoles } = policy;
  const ofRoles = [
    ['secondFactor', requiredRoles],
    ['phishingResistant', phishingResistantRoles],
  ] as const;
  const judges = {
    password: judgeOf(policy, 'password', circumstances),
    secondFactor: judgeOf(policy, 'secondFactor', circumstances),
    phishingResistant: judgeOf(policy, 'phishingResistant', circumstances),
  };
  const judge: Judge = (person) => judges[needOf({ policy, roles: person.roles ?? [] }).level](person);
  const endsAtMs = enrolmentGraceEndsAtMs(policy);
  return definedOnly({
    enrolmentEndsAt: endsAtMs === undefined ? undefined : new Date(endsAtMs).toISOString(),
    judge,
    everybody: { level, judge: judges[level] },
    roles: ofRoles
      .filter(([ofRole, roles]) => roles.length > 0 && !reaches(level, ofRole))
      .map(([ofRole, roles]) => ({
        roles,
        level: ofRole,
        judge(person: Person) {
          if (person.roles === undefined) return judges[ofRole](person);
          return person.roles.some((role) => roles.includes(role)) ? judge(person) : undefined;
        },
      })),
  });
}

function judgeOf(
  policy: SecondFactorView,
  level: AssuranceLevel,
  { arePasskeysOn, nowMs }: Circumstances,
): Judge {
  const isInGrace = nowMs <= (enrolmentGraceEndsAtMs(policy) ?? Number.NEGATIVE_INFINITY);
  const canBeMet = addableFactors(policy, { level, arePasskeysOn }).length > 0;
  const standingOf = ({ held, isByProvider }: Person): Standing => {
    const isHolder = lastingFactors(held) > 0;
    // Where factors are offered, whoever has one is asked for it.
    const wanted = policy.mode === 'offered' && isHolder ? strongerOf(level, 'secondFactor') : level;
    const given = proofsOfHeld(usableFactors(held, arePasskeysOn), nowMs);
    const proofs = [{ factor: 'password', atMs: nowMs } as const, ...given];
    const { level: reached } = assuranceOf(proofs, policy, { countsDevices: false });
    if (reaches(reached, wanted)) return 'ready';
    if (isByProvider && policy.federated === 'trustUpstream') return 'byProvider';
    if (!canBeMet) return 'lockedOut';
    // Another factor is added by one that the person can give.
    if (isHolder) return given.length > 0 ? 'mustAdd' : 'lockedOut';
    return isInGrace ? 'inGrace' : 'lockedOut';
  };
  // There may be tens of thousands of people, of 32 kinds.
  const known = new Map<string, Standing>();
  return (person) => {
    const { totp, passkeys, devicePasskeys, recoveryCodes } = person.held;
    const kind = [
      ...[totp > 0, passkeys > devicePasskeys, devicePasskeys > 0, recoveryCodes > 0, person.isByProvider],
    ].join();
    const standing = known.get(kind) ?? standingOf(person);
    known.set(kind, standing);
    return standing;
  };
}
