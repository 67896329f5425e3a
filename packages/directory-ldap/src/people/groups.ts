/** Finds the groups that name a person, and the groups that name those, within a bound. */
import { randomUUID } from 'node:crypto';
import type { Filter } from 'ldapts';
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import type { DirectorySettings } from '../settings.ts';
import { type Entry, textOf } from './entry.ts';
import { allOf, anyOf, equals, isWithin } from './filters.ts';
import { groupsAbove } from './member-of.ts';
import { searchSome } from './search.ts';

/** Many more than tokens carry (`maxGroups` of Auth API). A directory must not make a login ask without end. */
export const maxGroups = 5_000;
/** As many as come without pages, which everybody else on a connection to slapd would wait for. */
const usualGroups = 500;
const membersAtOnce = 50;

export interface GroupSettings
  extends Pick<DirectorySettings, 'type' | 'baseDns' | 'groupBaseDns' | 'attributes' | 'groupDepth'> {
  groupFilter: Filter;
}

export interface GroupMember {
  dn: string;
  userName: string;
}

export interface FoundGroups {
  /** Each once. */
  names: string[];
  /** There may be more: the bound was reached, or the server's own. */
  isCut: boolean;
}

/** Somebody whom no group names, so that a person who does not exist costs the same question. */
export function nobodyBelow({ baseDns }: Pick<GroupSettings, 'baseDns'>): GroupMember {
  const name = randomUUID();
  return { dn: `cn=${name},${baseDns[0]}`, userName: name };
}

/** Errors: those of `search`. */
export async function groupsOf(
  connection: LdapConnection,
  { dn, userName }: GroupMember,
  settings: GroupSettings,
  limits: CallLimits,
): Promise<FoundGroups> {
  const { attributes, groupDepth, type } = settings;
  const member = attributes.member.toLowerCase();
  if (type === 'activeDirectory' && member === 'member') {
    const options = { ...settings, bases: basesOf(settings), maxGroups };
    return groupsAbove(connection, dn, options, limits);
  }
  const found = new Map<string, Entry>();
  let isCut = false;
  const ask = async (filters: Filter[]): Promise<string[]> => {
    const added: string[] = [];
    const answer = await searchGroups(connection, anyOf(filters), settings, limits);
    isCut ||= answer.isCut;
    for (const entry of answer.entries) {
      const key = entry.dn.toLowerCase();
      // A group that was found before names itself in the end: it is not followed again.
      if (found.has(key)) continue;
      if (found.size >= maxGroups) {
        isCut = true;
        break;
      }
      found.set(key, entry);
      added.push(entry.dn);
    }
    return added;
  };
  const groups = () => ({ names: namesIn([...found.values()], settings), isCut });

  // RFC 2307: such groups hold user names, and no groups.
  if (member === 'memberuid') {
    await ask([equals(attributes.member, userName)]);
    return groups();
  }
  if (type === 'activeDirectory' && groupDepth > 0) {
    await ask([isWithin(attributes.member, dn)]);
    return groups();
  }
  let next = await ask([equals(attributes.member, dn)]);
  for (let depth = 0; depth < groupDepth && next.length > 0; depth += 1) {
    const members = next;
    next = [];
    for (let index = 0; index < members.length; index += membersAtOnce) {
      const some = members.slice(index, index + membersAtOnce);
      next.push(...(await ask(some.map((one) => equals(attributes.member, one)))));
    }
  }
  return groups();
}

function namesIn(entries: readonly Entry[], { attributes }: GroupSettings): string[] {
  return [...new Set(entries.flatMap((entry) => textOf(entry, attributes.groupName) ?? []))];
}

const basesOf = ({ baseDns, groupBaseDns }: GroupSettings) =>
  groupBaseDns.length > 0 ? groupBaseDns : baseDns;

async function searchGroups(
  connection: LdapConnection,
  filter: Filter,
  settings: GroupSettings,
  limits: CallLimits,
) {
  const { type, groupFilter, attributes } = settings;
  const question = {
    type,
    bases: basesOf(settings),
    filter: allOf(groupFilter, filter),
    attributes: [attributes.groupName],
    mayCut: true,
  };
  const usual = await searchSome(connection, { ...question, maxEntries: usualGroups }, limits);
  if (!usual.isCut) return usual;
  return searchSome(connection, { ...question, maxEntries: maxGroups }, limits);
}
