/** Makes identities: reads which access groups and roles a person has, beside what the person says. */
import type { CallOptions } from '@gatehouse/config-server-client/backend';
import { ConfigServerError } from '@gatehouse/config-server-client/errors';
import { CfgObjectState, CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import type { KeyValueList } from '@gatehouse/config-server-client/model/key-value-list';
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import type { CfgRole } from '@gatehouse/config-server-client/model/role';
import type { Clock } from '@gatehouse/service-kit/clock';
import { LRUCache } from 'lru-cache';
import { type Entitlements, noEntitlements } from './authorities.ts';
import type { AuthorityMapping } from './authority-mapping.ts';
import { buildIdentity } from './build-identity.ts';
import type { EnvironmentLink } from './environment-link.ts';
import type { UserIdentity } from './identity.ts';

export interface Identities {
  /** @throws ConfigServerError when the groups or roles cannot be read */
  of(link: EnvironmentLink, person: CfgPerson, options?: CallOptions): Promise<UserIdentity>;
  /** Without groups and roles, where nothing may fail any more: the next refresh brings them. */
  bare(link: EnvironmentLink, person: CfgPerson): UserIdentity;
}

export interface IdentitiesOptions {
  mapping: AuthorityMapping;
  now: Clock;
}

/** Roles are few and change rarely: a new one counts a minute later. */
const rolesFreshMs = 60_000;
const knownTenants = 1_000;
/** Tokens carry the names: nobody is in more groups than this. */
const mostGroups = 200;

export function createIdentities({ mapping, now }: IdentitiesOptions): Identities {
  const rolesOfTenants = new LRUCache<string, { roles: CfgRole[]; readAtMs: number }>({ max: knownTenants });

  const readRoles = async (link: EnvironmentLink, tenantDbid: number, options: CallOptions) => {
    const key = `${link.place.environmentId}/${tenantDbid}`;
    const known = rolesOfTenants.get(key);
    if (known && now() - known.readAtMs < rolesFreshMs) return known.roles;
    const readAtMs = now();
    const roles = await orNone(link.backend.readRoles({ tenant_dbid: tenantDbid }, options));
    rolesOfTenants.set(key, { roles, readAtMs });
    return roles;
  };

  const readEntitlements = async (
    link: EnvironmentLink,
    person: CfgPerson,
    options: CallOptions,
  ): Promise<Entitlements> => {
    const [groups, roles] = await Promise.all([
      link.backend.readAccessGroups({ person_dbid: person.DBID }, options),
      readRoles(link, person.tenantDBID, options),
    ]);
    const enabled = groups.filter(({ groupInfo }) => groupInfo.state === CfgObjectState.enabled);
    const groupDbids = new Set(enabled.map(({ groupInfo }) => groupInfo.DBID));
    const isMember = ({ objectType, objectDBID }: { objectType: number; objectDBID: number }) =>
      objectType === CfgObjectType.person
        ? objectDBID === person.DBID
        : isGroup(objectType) && groupDbids.has(objectDBID);
    return {
      groups: enabled
        .map(({ groupInfo }) => groupInfo.name)
        .sort()
        .slice(0, mostGroups),
      roles: roles
        .filter(({ state, members = [] }) => state === CfgObjectState.enabled && members.some(isMember))
        .map(({ name, userProperties }) => ({ name, privileges: privilegesOf(userProperties) })),
    };
  };

  return {
    async of(link, person, options = {}) {
      const entitlements = await readEntitlements(link, person, options);
      return buildIdentity(person, link.place, entitlements, mapping);
    },
    bare: (link, person) => buildIdentity(person, link.place, noEntitlements, mapping),
  };
}

function isGroup(objectType: number): boolean {
  return objectType === CfgObjectType.accessGroup;
}

/** A server may keep no roles: then nobody has any. */
async function orNone<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConfigServerError && error.code === 'Unsupported') return [];
    throw error;
  }
}

/** Options of the role's annex that say yes, as `section/option`: what says anything else grants nothing. */
function privilegesOf(annex: KeyValueList = []): string[] {
  return annex.flatMap(([section, options]) =>
    Array.isArray(options)
      ? options.filter(([, value]) => saysYes(value)).map(([option]) => `${section}/${option}`)
      : [],
  );
}

function saysYes(value: unknown): boolean {
  return value === 1 || (typeof value === 'string' && /^(?:true|yes|1)$/i.test(value.trim()));
}
