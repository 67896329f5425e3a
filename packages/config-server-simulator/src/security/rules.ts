/**
 * The rules that tenants and persons set in their annex, section `security-authentication-rules`: which one applies to
 * a person, after inheritance from the tenant's ancestors up to ENVIRONMENT.
 */
import { CfgObjectType, flagIsSet } from '@gatehouse/config-server-client/model/enumerations';
import { type KeyValueList, readKeyValue } from '@gatehouse/config-server-client/model/key-value-list';
import { environmentTenantDbid } from '@gatehouse/config-server-client/model/tenant';
import type { ObjectStore } from '../store/object-store.ts';
import { annexOf, numberOf, type StoredObject } from '../store/stored-object.ts';

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

/** No rule at all: externally authenticated users, whose passwords are somebody else's business. */
export const noRules: SecurityRules = {
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

/** What applies to the person now; read at every use, so a change of the annex works at once. */
export function rulesFor(person: StoredObject, store: ObjectStore): SecurityRules {
  if (flagIsSet(numberOf(person, 'isExternalAuth'))) return noRules;
  const chain = tenantChain(numberOf(person, 'tenantDBID') ?? environmentTenantDbid, store);
  const number = (option: string, highest: number) => toNumber(firstValue(chain, option), highest);
  const flag = (option: string) => isTrue(firstValue(chain, option));
  const rules: SecurityRules = {
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
  return withPersonalExceptions(rules, person);
}

/** The tenant and its ancestors as annexes, nearest first; ends where a tenant cuts inheritance off. */
function tenantChain(tenantDbid: number, store: ObjectStore): KeyValueList[] {
  const chain: KeyValueList[] = [];
  const seen = new Set<number>();
  let dbid: number | undefined = tenantDbid;
  while (dbid !== undefined && !seen.has(dbid)) {
    seen.add(dbid);
    const tenant = store.get(CfgObjectType.tenant, dbid);
    if (tenant === undefined) break;
    const annex = annexOf(CfgObjectType.tenant, tenant) ?? [];
    chain.push(annex);
    if (isTrue(readKeyValue(annex, rulesSection, 'tenant-override-section'))) break;
    const parent = numberOf(tenant, 'parentTenantDBID') ?? 0;
    dbid = parent > 0 ? parent : dbid === environmentTenantDbid ? undefined : environmentTenantDbid;
  }
  return chain;
}

function firstValue(chain: KeyValueList[], option: string): unknown {
  for (const annex of chain) {
    const value = readKeyValue(annex, rulesSection, option);
    if (value !== undefined) return value;
  }
  return undefined;
}

function withPersonalExceptions(rules: SecurityRules, person: StoredObject): SecurityRules {
  const annex = annexOf(CfgObjectType.person, person);
  const own = (option: string) => readKeyValue(annex, rulesSection, option);
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

export function isTrue(value: unknown): boolean {
  return typeof value === 'string' && ['true', 'yes', 'on'].includes(value.toLowerCase());
}

/** Text and integers alike; what is no number counts as unset, what is too high as the highest. */
function toNumber(value: unknown, highest: number): number {
  const number = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return 0;
  return Math.min(number, highest);
}
