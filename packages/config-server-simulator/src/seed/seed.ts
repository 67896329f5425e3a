/** Defines the form of a seed, and creates the objects that it describes. */
import { CfgAppType, CfgObjectType, environmentTenantDbid } from '@gatehouse/people-directory';
import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { identityOf, objectTypeNames, type StoredObject } from '../objects/stored-object.ts';
import { rulesSection } from '../security/rules.ts';

const ruleValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const rules = z.record(z.string(), ruleValue).optional();
const dbid = z.int().positive().optional();

const personSchema = z.strictObject({
  dbid,
  tenant: z.string(),
  userName: z.string().min(1).max(255),
  password: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  employeeId: z.string().optional(),
  emailAddress: z.string().optional(),
  externalId: z.string().optional(),
  agent: z.boolean().default(false),
  disabled: z.boolean().default(false),
  changePasswordOnNextLogin: z.boolean().default(false),
  appRanks: z.array(z.strictObject({ appType: z.int(), appRank: z.int() })).optional(),
  accessGroups: z.array(z.string()).default([]),
  securityRules: rules,
});

export const seedSchema = z.strictObject({
  /** ENVIRONMENT, DBID 1, always exists; `parent` names another tenant of the list. */
  tenants: z
    .array(
      z.strictObject({
        dbid,
        name: z.string().min(1).max(255),
        parent: z.string().optional(),
        securityRules: rules,
      }),
    )
    .default([]),
  environmentSecurityRules: rules,
  applications: z
    .array(
      z.strictObject({
        dbid,
        name: z.string().min(1).max(255),
        type: z.int().nonnegative().default(CfgAppType.genericServer),
      }),
    )
    .default([]),
  accessGroups: z
    .array(z.strictObject({ dbid, tenant: z.string(), name: z.string(), type: z.int().optional() }))
    .default([]),
  persons: z.array(personSchema).default([]),
  /** Whole objects by their documented fields, as in an export; created first. */
  objects: z
    .array(z.strictObject({ objectType: z.int().positive(), object: z.record(z.string(), z.unknown()) }))
    .default([]),
  /** Passwords for persons among `objects`, by user name: exports hold none. */
  passwords: z.record(z.string(), z.string()).default({}),
});

export type SeedInput = z.input<typeof seedSchema>;
export type Seed = z.output<typeof seedSchema>;

export const environmentTenantName = 'ENVIRONMENT';

/** @throws Error with a sentence for a name that the seed does not describe, or an object that cannot be kept */
export async function plantSeed(seed: Seed, administration: Administration): Promise<void> {
  await plantObjects(seed, administration);
  const tenants = await plantTenants(seed, administration);
  const tenantDbid = (name: string) => required(tenants.get(name), `tenant "${name}"`);
  for (const application of seed.applications) await administration.createApplication(application);
  const groups = new Map<string, number>();
  for (const { dbid: wanted, tenant, name, type } of seed.accessGroups) {
    const group = await administration.createAccessGroup({
      dbid: wanted,
      tenantDbid: tenantDbid(tenant),
      name,
      type,
    });
    groups.set(`${tenant}\\${name}`, (group['groupInfo'] as { DBID: number }).DBID);
  }
  for (const person of seed.persons) {
    const created = await administration.createPerson({
      ...person,
      tenantDbid: tenantDbid(person.tenant),
      isAgent: person.agent,
      isEnabled: !person.disabled,
      annex: annexWith(person.securityRules),
    });
    for (const name of person.accessGroups) {
      const group = required(
        groups.get(`${person.tenant}\\${name}`),
        `access group "${name}" of ${person.tenant}`,
      );
      await administration.addToAccessGroup(group, created['DBID'] as number);
    }
  }
}

/** Tenants first, so that every object finds its own. */
async function plantObjects(seed: Seed, administration: Administration): Promise<void> {
  const isTenant = ({ objectType }: { objectType: number }) => objectType === CfgObjectType.tenant;
  const ordered = [...seed.objects.filter(isTenant), ...seed.objects.filter((entry) => !isTenant(entry))];
  for (const { objectType, object } of ordered) {
    await administration.createObject(objectType, object).catch((error: Error) => {
      throw new Error(`the seed's ${describeObject(objectType, object)} cannot be kept: ${error.message}`);
    });
  }
  for (const [userName, password] of Object.entries(seed.passwords)) {
    const person = required(administration.personNamed(userName), `person "${userName}" under passwords`);
    await administration.updatePerson(person['DBID'] as number, { password, PasswordUpdatingDate: 0 });
  }
}

function describeObject(objectType: number, object: StoredObject): string {
  const { DBID, name, userName = name } = identityOf(objectType, object);
  const type = objectTypeNames[objectType] ?? `object of type ${objectType}`;
  return `${type} ${JSON.stringify(userName ?? DBID ?? 'without a name').slice(0, 80)}`;
}

async function plantTenants(seed: Seed, administration: Administration): Promise<Map<string, number>> {
  const tenants = new Map<string, number>([[environmentTenantName, environmentTenantDbid]]);
  for (const { objectType, object } of seed.objects) {
    if (objectType === CfgObjectType.tenant) tenants.set(String(object['name']), Number(object['DBID']));
  }
  if (administration.get(CfgObjectType.tenant, environmentTenantDbid) === undefined) {
    await administration.createTenant({
      dbid: environmentTenantDbid,
      name: environmentTenantName,
      annex: annexWith(seed.environmentSecurityRules),
    });
  }
  for (const { dbid: wanted, name, parent, securityRules } of seed.tenants) {
    const parentDbid =
      parent === undefined ? environmentTenantDbid : required(tenants.get(parent), `tenant "${parent}"`);
    const tenant = await administration.createTenant({
      dbid: wanted,
      name,
      parentDbid,
      annex: annexWith(securityRules),
    });
    tenants.set(name, tenant['DBID'] as number);
  }
  return tenants;
}

function annexWith(securityRules: Record<string, string> | undefined) {
  if (securityRules === undefined) return [];
  return [[rulesSection, Object.entries(securityRules)]] satisfies [string, [string, string][]][];
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the seed names the ${what}, but does not describe it`);
  return value;
}
