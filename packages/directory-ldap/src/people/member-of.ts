/** Follows `memberOf` of Active Directory from a person to the groups above, a range of values at a time. */

import { isConfigServerError } from '@gatehouse/people-directory';
import { type Filter, PresenceFilter } from 'ldapts';
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import type { DirectorySettings } from '../settings.ts';
import { type Entry, textOf, textsOf } from './entry.ts';
import { equals } from './filters.ts';
import { search, searchByName } from './search.ts';

const memberOf = 'memberOf';
/** Most groups are in no other one: the server need not send them. */
const isInGroups = new PresenceFilter({ attribute: memberOf });
/** Active Directory gives 1 500 values at once; so many names also fit into one message. */
const valuesAtOnce = 500;

export interface AboveOptions extends Pick<DirectorySettings, 'attributes' | 'groupDepth'> {
  /** Of the groups that count; `bases` says where they are. */
  groupFilter: Filter;
  bases: readonly string[];
  maxGroups: number;
}

/**
 * Names of the groups of a person, each once; with a `groupDepth` above 0 also those of their groups, to the top. Groups that do
 * not count lead to others too. Samba answers the rule that follows `member` (LDAP_MATCHING_RULE_IN_CHAIN) by reading every
 * group: 0.5 s among 2 000 groups, against a millisecond here. Errors: those of `search`.
 */
export async function groupsAbove(
  connection: LdapConnection,
  dn: string,
  options: AboveOptions,
  limits: CallLimits,
): Promise<{ names: string[]; isCut: boolean }> {
  const { attributes, groupDepth, groupFilter, bases, maxGroups } = options;
  const seen = new Set<string>();
  // Not the entries: each has names of the groups above it.
  const names = new Set<string>();
  let isCut = false;
  /** Those that were not seen before. A circle of groups ends here. */
  const added = (dns: readonly string[]): string[] => {
    const news: string[] = [];
    for (const one of dns) {
      if (seen.has(keyOf(one))) continue;
      isCut ||= seen.size >= maxGroups;
      if (isCut) break;
      seen.add(keyOf(one));
      news.push(one);
    }
    return news;
  };
  const own = { bases, filter: groupFilter, attributes: [attributes.groupName] };
  if (groupDepth > 0) own.attributes.push(rangeFrom(0));
  /** Groups of other domains are not here, and not followed. */
  const others = { bases: domainOf(dn) ?? bases, filter: isInGroups, attributes: [rangeFrom(0)] };
  /** The groups of these groups. */
  const above = async (dns: readonly string[]): Promise<string[]> => {
    const next: string[] = [];
    const rest = new Map(dns.map((one) => [keyOf(one), one]));
    const follow = async (entry: Entry) => {
      if (groupDepth > 0 && !isCut) next.push(...added(await valuesOf(connection, entry, maxGroups, limits)));
    };
    for await (const entries of searchByName(connection, dns, own, limits)) {
      for (const entry of entries) {
        const name = textOf(entry, attributes.groupName);
        if (name !== undefined) names.add(name);
        rest.delete(keyOf(entry.dn));
        await follow(entry);
      }
    }
    if (groupDepth > 0 && !isCut)
      for await (const entries of searchByName(connection, [...rest.values()], others, limits))
        for (const entry of entries) await follow(entry);
    return next;
  };

  const person = await read(connection, dn, 0, limits);
  const direct = person === undefined ? [] : await valuesOf(connection, person, maxGroups, limits);
  // The attribute is absent where a person has no group, and where our account may not read it: then the groups tell.
  let next = added(direct.length > 0 ? direct : await groupsThatName(connection, dn, options, limits));
  while (next.length > 0) next = await above(next);
  return { names: [...names], isCut };
}

const keyOf = (dn: string) => dn.toLowerCase();

async function groupsThatName(
  connection: LdapConnection,
  dn: string,
  { bases, maxGroups }: Pick<AboveOptions, 'bases' | 'maxGroups'>,
  limits: CallLimits,
): Promise<string[]> {
  const question = { bases, filter: equals('member', dn), attributes: ['1.1'], maxEntries: maxGroups };
  const entries = await search(connection, { ...question, type: 'activeDirectory', mayCut: true }, limits);
  return entries.map((entry) => entry.dn);
}

/** [MS-ADTS] 3.1.1.3.1.3.3. */
const rangeFrom = (first: number) => `${memberOf};range=${first}-${first + valuesAtOnce - 1}`;
const range = /^memberof;range=(\d+)-(\d+|\*)$/;

/** All values, those of further ranges too, but no more than one beyond `max`. */
async function valuesOf(
  connection: LdapConnection,
  entry: Entry,
  max: number,
  limits: CallLimits,
): Promise<string[]> {
  const values: string[] = [];
  for (let part: Entry | undefined = entry; part !== undefined; ) {
    const name: string = [...part.attributes.keys()].find((one) => range.test(one)) ?? memberOf;
    const some = textsOf(part, name);
    values.push(...some);
    const [, first, last = '*']: readonly string[] = range.exec(name) ?? [];
    // A range that brings nothing, or begins elsewhere, would be asked for without end.
    const goesOn: boolean =
      last !== '*' && some.length > 0 && Number(first) <= Number(last) && values.length <= max;
    part = goesOn ? await read(connection, entry.dn, Number(last) + 1, limits) : undefined;
  }
  return values;
}

async function read(
  connection: LdapConnection,
  dn: string,
  first: number,
  limits: CallLimits,
): Promise<Entry | undefined> {
  const question = {
    type: 'activeDirectory' as const,
    scope: 'base' as const,
    bases: [dn],
    filter: new PresenceFilter({ attribute: 'objectClass' }),
    attributes: [rangeFrom(first)],
    maxEntries: 1,
  };
  const entries = await search(connection, question, limits).catch((error: unknown) => {
    if (isConfigServerError(error, 'CFGObjectNotFound')) return [];
    throw error;
  });
  return entries[0];
}

/** The part of a name that names the domain. */
function domainOf(dn: string): [string] | undefined {
  const domain = /(?<=,)DC=[^,]+(?:,DC=[^,]+)*$/i.exec(dn)?.[0];
  return domain === undefined ? undefined : [domain];
}
