/** Reads from the annexes of tenants when their Configuration Server locks an account. */
import { type CfgTenant, environmentTenantDbid, readKeyValue } from '@gatehouse/people-directory';
import type { LockoutRules } from './budget.ts';

const section = 'security-authentication-rules';
const thresholdOption = 'account-lockout-threshold';
const minuteMs = 60_000;
/**
 * With a period of 0 the server forgets refusals only at a login. A count that lived for ever would fill Redis with the names
 * that strangers invent.
 */
const longestWindowMs = 24 * 60 * minuteMs;

/**
 * The strictest rule of a tenant, or of all tenants when none is given. A tenant without a value has that of its nearest ancestor up
 * to ENVIRONMENT. `never`: no rule locks accounts. Undefined: the server does not show the tenants that could have one.
 */
export function readLockoutOptions(
  tenants: readonly CfgTenant[],
  tenantDbid: number | undefined,
): LockoutRules | 'never' | undefined {
  const shown = tenants.filter(({ DBID }) => tenantDbid === undefined || DBID === tenantDbid);
  const lineages = shown.map((tenant) => lineageOf(tenant, tenants));
  const rules = lineages.map(rulesOf).filter(({ threshold }) => threshold > 0);
  if (rules.length === 0) return shown.length > 0 && lineages.every(isWhole) ? 'never' : undefined;
  return {
    threshold: Math.min(...rules.map(({ threshold }) => threshold)),
    windowMs: Math.max(...rules.map(({ windowMs }) => windowMs)),
    from: 'server',
  };
}

function rulesOf(lineage: CfgTenant[]) {
  const periodMinutes = numberIn(lineage, 'account-lockout-attempts-period');
  return {
    threshold: numberIn(lineage, thresholdOption),
    windowMs: periodMinutes === 0 ? longestWindowMs : Math.min(periodMinutes * minuteMs, longestWindowMs),
  };
}

/** The tenant and its ancestors, nearest first, up to the first one that ends inheritance. */
function lineageOf(tenant: CfgTenant, tenants: readonly CfgTenant[]): CfgTenant[] {
  const lineage: CfgTenant[] = [];
  let current: CfgTenant | undefined = tenant;
  while (current !== undefined && !lineage.includes(current)) {
    lineage.push(current);
    if (endsInheritance(current)) break;
    const parent: number = current.parentTenantDBID || environmentTenantDbid;
    current = tenants.find(({ DBID }) => DBID === parent);
  }
  return lineage;
}

/** Whether no further ancestor could have a threshold. */
function isWhole(lineage: CfgTenant[]): boolean {
  const last = lineage.at(-1);
  if (lineage.some((tenant) => optionOf(tenant, thresholdOption) !== undefined)) return true;
  return last?.DBID === environmentTenantDbid || (last !== undefined && endsInheritance(last));
}

/** 0 where nobody set the option, or set it to something that is no number. */
function numberIn(lineage: CfgTenant[], option: string): number {
  const value = lineage.map((tenant) => optionOf(tenant, option)).find((found) => found !== undefined);
  const number = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  return typeof number === 'number' && number > 0 ? Math.floor(number) : 0;
}

function optionOf(tenant: CfgTenant, option: string) {
  return readKeyValue(tenant.userProperties, section, option);
}

function endsInheritance(tenant: CfgTenant): boolean {
  return isTrue(optionOf(tenant, 'tenant-override-section'));
}

function isTrue(value: unknown): boolean {
  return typeof value === 'string' && ['true', 'yes', 'on'].includes(value.toLowerCase());
}
