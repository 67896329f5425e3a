/**
 * Reads the section `security-authentication-rules` from the annexes of tenants and persons, and determines which rule
 * applies to a person, with inheritance from the tenant's ancestors up to ENVIRONMENT.
 */
import {
  CfgObjectType,
  environmentTenantDbid,
  flagIsSet,
  type KeyValueList,
  readKeyValue,
} from '@gatehouse/people-directory';
import { annexOf, numberOf, type StoredObject } from '../objects/stored-object.ts';
import type { ObjectStore } from '../store/object-store.ts';

export const rulesSection = 'security-authentication-rules';

/** 0 and false mean: no such rule. */
export interface SecurityRules {
  accountExpirationDays: number;
  lockoutThreshold: number;
  lockoutPeriodMinutes: number;
  /** 0: until an administrator unlocks. */
  lockoutDurationMinutes: number;
  forcePasswordReset: boolean;
  maxAccountSessions: number;
  passwordExpirationDays: number;
  passwordExpirationNotifyDays: number;
  passwordMinLength: number;
  passwordNoRepeats: number;
  requireAlpha: boolean;
  requireNumber: boolean;
  requirePunctuation: boolean;
  requireMixedCase: boolean;
}

/** For externally authenticated users: another system keeps their passwords. */
const noRules: SecurityRules = {
  accountExpirationDays: 0,
  lockoutThreshold: 0,
  lockoutPeriodMinutes: 0,
  lockoutDurationMinutes: 0,
  forcePasswordReset: false,
  maxAccountSessions: 0,
  passwordExpirationDays: 0,
  passwordExpirationNotifyDays: 0,
  passwordMinLength: 0,
  passwordNoRepeats: 0,
  requireAlpha: false,
  requireNumber: false,
  requirePunctuation: false,
  requireMixedCase: false,
};

/** The rules in force now; a changed annex counts at once. */
export function rulesFor(person: StoredObject, store: ObjectStore): SecurityRules {
  if (flagIsSet(numberOf(person, 'isExternalAuth'))) return noRules;
  const lineage = tenantLineage(numberOf(person, 'tenantDBID') ?? environmentTenantDbid, store);
  return withPersonalExceptions(rulesOfTenant(lineage), person);
}

/** By tenant, with the lineage they were read from: a changed object is a new one. */
const knownRules = new WeakMap<StoredObject, { lineage: StoredObject[]; rules: SecurityRules }>();

function rulesOfTenant(lineage: StoredObject[]): SecurityRules {
  const [tenant] = lineage;
  if (tenant === undefined) return noRules;
  const known = knownRules.get(tenant);
  if (known !== undefined && isSameLineage(known.lineage, lineage)) return known.rules;
  const rules = readRules(ruleAnnexes(lineage));
  knownRules.set(tenant, { lineage, rules });
  return rules;
}

function isSameLineage(left: StoredObject[], right: StoredObject[]): boolean {
  return left.length === right.length && left.every((tenant, index) => tenant === right[index]);
}

function readRules(annexes: KeyValueList[]): SecurityRules {
  const number = (option: string, max: number) => toNumber(firstValue(annexes, option), max);
  const flag = (option: string) => isTrue(firstValue(annexes, option));
  return {
    accountExpirationDays: number('account-expiration', 365),
    lockoutThreshold: number('account-lockout-threshold', 8),
    lockoutPeriodMinutes: number('account-lockout-attempts-period', 20),
    lockoutDurationMinutes: number('account-lockout-duration', 1_440),
    forcePasswordReset: flag('force-password-reset'),
    maxAccountSessions: number('max-account-sessions', 128),
    passwordExpirationDays: number('password-expiration', 365),
    passwordExpirationNotifyDays: number('password-expiration-notify', 364),
    passwordMinLength: number('password-min-length', 64),
    passwordNoRepeats: number('password-no-repeats', 30),
    requireAlpha: flag('password-req-alpha'),
    requireNumber: flag('password-req-number'),
    requirePunctuation: flag('password-req-punctuation'),
    requireMixedCase: flag('password-req-mixed-case'),
  };
}

/** The tenant and its ancestors up to ENVIRONMENT, nearest first. */
function tenantLineage(tenantDbid: number, store: ObjectStore): StoredObject[] {
  const lineage: StoredObject[] = [];
  let dbid: number | undefined = tenantDbid;
  while (dbid !== undefined) {
    const tenant = store.get(CfgObjectType.tenant, dbid);
    if (tenant === undefined || lineage.includes(tenant)) break;
    lineage.push(tenant);
    const parent = numberOf(tenant, 'parentTenantDBID') ?? 0;
    dbid = parent > 0 ? parent : dbid === environmentTenantDbid ? undefined : environmentTenantDbid;
  }
  return lineage;
}

/** Up to the first tenant that ends inheritance. */
function ruleAnnexes(lineage: StoredObject[]): KeyValueList[] {
  const annexes = lineage.map((tenant) => annexOf(CfgObjectType.tenant, tenant) ?? []);
  const last = annexes.findIndex((annex) =>
    isTrue(readKeyValue(annex, rulesSection, 'tenant-override-section')),
  );
  return last === -1 ? annexes : annexes.slice(0, last + 1);
}

function firstValue(annexes: KeyValueList[], option: string): unknown {
  for (const annex of annexes) {
    const value = readKeyValue(annex, rulesSection, option);
    if (value !== undefined) return value;
  }
  return undefined;
}

function withPersonalExceptions(rules: SecurityRules, person: StoredObject): SecurityRules {
  const section = readKeyValue(annexOf(CfgObjectType.person, person), rulesSection);
  if (!Array.isArray(section)) return rules;
  const own = (option: string) => readKeyValue(section, option);
  const exceptions: Partial<SecurityRules> = {};
  const expiration = own('override-account-expiration');
  // Either an exemption ("true"), or a number of days of its own.
  if (isTrue(expiration)) exceptions.accountExpirationDays = 0;
  else if (toNumber(expiration, 365) > 0) exceptions.accountExpirationDays = toNumber(expiration, 365);
  if (isTrue(own('account-override-lockout')) || isTrue(own('override-account-lockout'))) {
    exceptions.lockoutThreshold = 0;
  }
  if (isTrue(own('override-password-expiration'))) exceptions.passwordExpirationDays = 0;
  return { ...rules, ...exceptions };
}

function isTrue(value: unknown): boolean {
  return typeof value === 'string' && ['true', 'yes', 'on'].includes(value.toLowerCase());
}

/** Reads text and integers; anything else counts as unset, and higher values as `max`. */
function toNumber(value: unknown, max: number): number {
  const number = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return 0;
  return Math.min(number, max);
}
