/** Finds the groups that name a person, and the groups that name those, within a bound. */
import { randomUUID } from 'node:crypto';
import type { Filter } from 'ldapts';
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import type { DirectorySettings } from '../settings.ts';
import { type Entry, textOf } from './entry.ts';
import { allOf, anyOf, equals, isWithin } from './filters.ts';
import { search } from './search.ts';

/** More than tokens carry (`maxGroups` of Auth API). A directory must not make a login ask without end. */
const maxGroups = 500;
const membersAtOnce = 50;

export interface GroupSettings
  extends Pick<DirectorySettings, 'type' | 'baseDns' | 'groupBaseDns' | 'attributes' | 'groupDepth'> {
  groupFilter: Filter;
}

export interface GroupMember {
  dn: string;
  userName: string;
}

/** Somebody whom no group names, so that a person who does not exist costs the same question. */
export function nobodyBelow({ baseDns }: Pick<GroupSettings, 'baseDns'>): GroupMember {
  const name = randomUUID();
  return { dn: `cn=${name},${baseDns[0]}`, userName: name };
}

/** Names of the groups, each once. Errors: those of `search`. */
export async function groupNamesOf(
  connection: LdapConnection,
  { dn, userName }: GroupMember,
  settings: GroupSettings,
  limits: CallLimits,
): Promise<string[]> {
  const { attributes, groupDepth, type } = settings;
  const found = new Map<string, Entry>();
  const ask = async (filters: Filter[]): Promise<string[]> => {
    const added: string[] = [];
    for (const entry of await searchGroups(connection, anyOf(filters), settings, limits)) {
      const key = entry.dn.toLowerCase();
      // A group that was found before names itself in the end: it is not followed again.
      if (found.has(key) || found.size >= maxGroups) continue;
      found.set(key, entry);
      added.push(entry.dn);
    }
    return added;
  };
  const named = () => [...found.values()].flatMap((entry) => textOf(entry, attributes.groupName) ?? []);

  // RFC 2307: such groups hold user names, and no groups.
  if (attributes.member.toLowerCase() === 'memberuid') {
    await ask([equals(attributes.member, userName)]);
    return [...new Set(named())];
  }
  if (type === 'activeDirectory' && groupDepth > 0) {
    await ask([isWithin(attributes.member, dn)]);
    return [...new Set(named())];
  }
  let next = await ask([equals(attributes.member, dn)]);
  for (let depth = 0; depth < groupDepth && next.length > 0; depth += 1) {
    const members = next;
    next = [];
    for (let index = 0; index < members.length; index += membersAtOnce) {
      const some = members.slice(index, index + membersAtOnce);
      next.push(...(await ask(some.map((member) => equals(attributes.member, member)))));
    }
  }
  return [...new Set(named())];
}

function searchGroups(
  connection: LdapConnection,
  filter: Filter,
  { baseDns, groupBaseDns, groupFilter, attributes }: GroupSettings,
  limits: CallLimits,
) {
  const bases = groupBaseDns.length > 0 ? groupBaseDns : baseDns;
  const question = {
    bases,
    filter: allOf(groupFilter, filter),
    attributes: [attributes.groupName],
    maxEntries: maxGroups,
    mayCut: true,
  };
  return search(connection, question, limits);
}
