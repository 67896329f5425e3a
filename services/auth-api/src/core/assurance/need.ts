/** Computes which level is needed, the highest of what several parties demand, and whether an assurance meets it. */
import { noSecondFactor, type SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type AssuranceLevel, reaches } from '@gatehouse/contracts/values';
import type { Assurance } from './assurance.ts';

export const demanders = ['contactCenter', 'role', 'client', 'request'] as const;

export interface Need {
  level: AssuranceLevel;
  /** The level must have been proved within this time. */
  maxAgeMs?: number | undefined;
  /** The party with the highest demand. */
  by: (typeof demanders)[number];
}

export interface Demands {
  policy: SecondFactorView;
  /** Names of the person's roles. */
  roles: readonly string[];
  /** The minimum of the client's registration. */
  client?: AssuranceLevel | undefined;
  /** The level that the request calls essential. */
  request?: AssuranceLevel | undefined;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const noPolicy: SecondFactorView = noSecondFactor;

/** The highest demand: none of them lowers another. */
export function needOf({ policy, roles, client = 'password', request = 'password' }: Demands): Need {
  const wants: [by: Need['by'], level: AssuranceLevel][] = [
    ['contactCenter', levelOfMode(policy)],
    ['role', levelOfRoles(policy, roles)],
    ['client', client],
    ['request', request],
  ];
  const [by, level] = wants.reduce((one, other) => (reaches(one[1], other[1]) ? one : other));
  const { reauthenticateHours } = policy;
  // A password is as good as its session.
  const isLimited = level !== 'password' && reauthenticateHours > 0;
  return { level, by, maxAgeMs: isLimited ? reauthenticateHours * hourMs : undefined };
}

function levelOfMode({ mode }: SecondFactorView): AssuranceLevel {
  if (mode === 'phishingResistant') return 'phishingResistant';
  return mode === 'required' ? 'secondFactor' : 'password';
}

function levelOfRoles(policy: SecondFactorView, roles: readonly string[]): AssuranceLevel {
  const levels = ['phishingResistant', 'secondFactor'] as const;
  return levels.find((level) => demandingRoles(policy, roles, level).length > 0) ?? 'password';
}

/** The roles among `roles` for which the policy names this level. */
export function demandingRoles(
  { requiredRoles, phishingResistantRoles }: SecondFactorView,
  roles: readonly string[],
  level: AssuranceLevel,
): string[] {
  if (level === 'password') return [];
  const named = level === 'phishingResistant' ? phishingResistantRoles : requiredRoles;
  return named.filter((name) => roles.includes(name));
}

/** A time that is not known never meets a maximum age. */
export function isMet({ level, atMs }: Assurance, need: Need, nowMs: number): boolean {
  if (!reaches(level, need.level)) return false;
  if (need.maxAgeMs === undefined) return true;
  const provedAtMs = atMs[need.level];
  return provedAtMs !== undefined && nowMs - provedAtMs <= need.maxAgeMs;
}

/** Refresh tokens of sign-ins that a stricter policy would refuse work until then; undefined: there is no such time. */
export function graceEndsAtMs(policy: SecondFactorView): number | undefined {
  return afterRaise(policy, policy.graceHours * hourMs);
}

/** People without a factor are let in until then; undefined: there is no such time. */
export function enrolmentGraceEndsAtMs(policy: SecondFactorView): number | undefined {
  return afterRaise(policy, policy.enrolmentGraceDays * dayMs);
}

function afterRaise({ raisedAt }: SecondFactorView, lifeMs: number): number | undefined {
  const raisedAtMs = raisedAt === undefined ? Number.NaN : Date.parse(raisedAt);
  return Number.isNaN(raisedAtMs) || lifeMs === 0 ? undefined : raisedAtMs + lifeMs;
}
