/** Reads a person's access groups and roles and builds the identity from them. */
import {
  type CallOptions,
  CfgObjectState,
  CfgObjectType,
  type CfgPerson,
  type CfgRole,
  ConfigServerError,
  type KeyValueList,
} from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import { LRUCache } from 'lru-cache';
import type { AuthorityMapping } from '../../config/authority-mapping.ts';
import type { EnvironmentLink } from '../directories/environment-links.ts';
import { type Entitlements, noEntitlements } from '../identity/authorities.ts';
import { buildIdentity, type UserIdentity } from '../identity/identity.ts';

/** Roles are few and change rarely: a change counts a minute later. */
const rolesFreshMs = 60_000;
const maxKnownEnvironments = 1_000;
/** Members and privileges of the roles that are kept for one environment: its server names them, and the tenants too. */
const maxKeptPerEnvironment = 50_000;
/** Tokens and sessions carry these names: a server must not make them grow without end. */
const maxGroups = 200;
const maxRoles = 200;
const maxPrivileges = 500;
const maxNameLength = 255;

export type Identities = ReturnType<typeof createIdentities>;

export function createIdentities({ mapping, now }: { mapping: AuthorityMapping; now: Clock }) {
  const rolesOfEnvironments = new LRUCache<string, KnownRoles>({ max: maxKnownEnvironments });
  const rolesOfTenants = (environmentId: string) => {
    const known = rolesOfEnvironments.get(environmentId) ?? newKnownRoles();
    rolesOfEnvironments.set(environmentId, known);
    return known;
  };

  const readRoles = async (link: EnvironmentLink, tenantDbid: number, options: CallOptions) => {
    const kept = rolesOfTenants(link.place.environmentId);
    const known = kept.get(tenantDbid);
    if (known && now() - known.readAtMs < rolesFreshMs) return known.roles;
    const readAtMs = now();
    const read = await orNone(link.readRoles(tenantDbid, options));
    const roles = read.filter(({ state }) => state === CfgObjectState.enabled).map(roleOf);
    kept.set(tenantDbid, { roles, readAtMs });
    return roles;
  };

  const readEntitlements = async (
    link: EnvironmentLink,
    person: Pick<CfgPerson, 'DBID' | 'tenantDBID'>,
    options: CallOptions,
  ): Promise<Entitlements> => {
    const [groups, roles] = await Promise.all([
      link.readAccessGroups(person.DBID, options),
      readRoles(link, person.tenantDBID, options),
    ]);
    const enabled = groups.filter(
      ({ groupInfo: { state, name } }) => state === CfgObjectState.enabled && name.length <= maxNameLength,
    );
    const names = enabled.map(({ groupInfo }) => groupInfo.name).sort();
    const isMapped = (name: string) => mapping.groups.has(name) || mapping.scimGroups.has(name);
    const groupDbids = new Set(enabled.map(({ groupInfo }) => groupInfo.DBID));
    const isMember = ({ objectType, objectDBID }: { objectType: number; objectDBID: number }) =>
      objectType === CfgObjectType.person
        ? objectDBID === person.DBID
        : objectType === CfgObjectType.accessGroup && groupDbids.has(objectDBID);
    return {
      areProvisioned: link.isProvisioned,
      // Nobody loses a right to the order of names.
      groups: [...new Set([...names.filter(isMapped), ...names])].slice(0, maxGroups).sort(),
      roles: roles
        .filter(({ members }) => members.some(isMember))
        .slice(0, maxRoles)
        .map(({ name, privileges }) => ({ name, privileges })),
    };
  };

  const from = (link: EnvironmentLink, person: CfgPerson, entitlements: Entitlements): UserIdentity =>
    buildIdentity(person, link.place, entitlements, mapping);

  return {
    /** For callers that read the person at the same time. @throws as `of` */
    readEntitlements,
    from,
    /** @throws ConfigServerError when the groups or roles cannot be read */
    of: async (link: EnvironmentLink, person: CfgPerson, options: CallOptions = {}): Promise<UserIdentity> =>
      from(link, person, await readEntitlements(link, person, options)),
    /** Leaves out groups and roles, for callers that must not fail; the next refresh adds them. */
    bare: (link: EnvironmentLink, person: CfgPerson): UserIdentity => from(link, person, noEntitlements),
  };
}

type KnownRoles = ReturnType<typeof newKnownRoles>;

function newKnownRoles() {
  return new LRUCache<number, { roles: ReturnType<typeof roleOf>[]; readAtMs: number }>({
    maxSize: maxKeptPerEnvironment,
    sizeCalculation: ({ roles }) =>
      roles.reduce((size, { members, privileges }) => size + 1 + members.length + privileges.length, 1),
  });
}

/** The part of a role that the identity needs. */
function roleOf({ name, members = [], userProperties }: CfgRole) {
  return {
    name: name.slice(0, maxNameLength),
    members: members.map(({ objectDBID, objectType }) => ({ objectDBID, objectType })),
    privileges: privilegesOf(userProperties),
  };
}

/** Some servers keep no roles. */
async function orNone<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConfigServerError && error.code === 'Unsupported') return [];
    throw error;
  }
}

/** Gives the options of the role's annex whose value means yes, as `section/option`. */
function privilegesOf(annex: KeyValueList = []): string[] {
  const privileges = annex.flatMap(([section, options]) =>
    Array.isArray(options)
      ? options.filter(([, value]) => saysYes(value)).map(([option]) => `${section}/${option}`)
      : [],
  );
  return privileges.slice(0, maxPrivileges);
}

function saysYes(value: unknown): boolean {
  return value === 1 || (typeof value === 'string' && /^(?:true|yes|1)$/i.test(value.trim()));
}
