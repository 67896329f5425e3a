/** Which authorities an estate's own access groups and roles stand for: `group:Supervisors=ROLE_SUPERVISOR`. */

export interface AuthorityMapping {
  groups: ReadonlyMap<string, readonly string[]>;
  roles: ReadonlyMap<string, readonly string[]>;
}

/** They mean something to Gatehouse itself: no group may give them to a user. */
const reserved = new Set(['ROLE_MANAGEMENT_APPLICATION', 'ROLE_SERVICE', 'ROLE_INTERNAL_CLIENT']);

const shape = /^(group|role):([^=]+)=([A-Za-z0-9_.:-]{1,128})$/;

/** What is wrong with an entry, as the end of a sentence; undefined when it is one. */
export function mappingProblem(entry: string): string | undefined {
  const authority = shape.exec(entry)?.[3];
  if (authority === undefined)
    return `${JSON.stringify(entry)} is not written as group:NAME=AUTHORITY or role:NAME=AUTHORITY`;
  return reserved.has(authority) ? `${authority} cannot be given to users` : undefined;
}

/** Entries without a problem. */
export function readMapping(entries: readonly string[]): AuthorityMapping {
  const mapping = { groups: new Map<string, string[]>(), roles: new Map<string, string[]>() };
  for (const entry of entries) {
    const [, kind, name = '', authority = ''] = shape.exec(entry) ?? [];
    const names = kind === 'group' ? mapping.groups : mapping.roles;
    names.set(name.trim(), [...(names.get(name.trim()) ?? []), authority]);
  }
  return mapping;
}
