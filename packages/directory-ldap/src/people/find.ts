/** Finds persons in the directory by the terms that callers know. */
import {
  CfgFlag,
  ConfigServerError,
  environmentTenantDbid,
  foldSpelling,
  type PersonFilter,
} from '@gatehouse/people-directory';
import type { Filter } from 'ldapts';
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import type { DirectorySettings } from '../settings.ts';
import { partsOf } from './distinguished-name.ts';
import { idValue, textsOf } from './entry.ts';
import { allOf, anyOf, equals } from './filters.ts';
import { type DirectoryPerson, personAttributes, readPerson } from './person.ts';
import { search } from './search.ts';

export interface FindSettings extends Pick<DirectorySettings, 'type' | 'baseDns' | 'attributes' | 'bindDn'> {
  personFilter: Filter;
}

interface FindOptions {
  /** More are an error. */
  maxPersons: number;
  /** Default: all that a person can have. */
  attributes?: readonly string[];
  /** The first ones are enough. */
  mayCut?: boolean;
}

/** Each person once, also where two bases hold the same entries. Errors: those of `search`. */
export async function findPersons(
  connection: LdapConnection,
  terms: Filter[],
  settings: FindSettings,
  { maxPersons, attributes = personAttributes(settings), mayCut = false }: FindOptions,
  limits: CallLimits,
): Promise<DirectoryPerson[]> {
  const question = {
    type: settings.type,
    bases: settings.baseDns,
    filter: allOf(settings.personFilter, ...terms),
    attributes,
    maxEntries: maxPersons,
    mayCut,
  };
  const entries = await search(connection, question, limits);
  const { nowMs } = connection;
  const persons = entries.flatMap((entry) => readPerson(entry, settings, nowMs) ?? []);
  return [...new Map(persons.map((person) => [person.id, person])).values()];
}

/**
 * The one person of that name; undefined where nobody or more than one has it. Directories find a name by more spellings
 * than attempts are counted under (RFC 4518: other spaces; Active Directory: other accents), so what was found must be the
 * name that was typed.
 */
export async function findByUserName(
  connection: LdapConnection,
  userName: string,
  settings: FindSettings,
  limits: CallLimits,
): Promise<DirectoryPerson | undefined> {
  const attribute = settings.attributes.userName;
  const found = await findPersons(
    connection,
    [equals(attribute, userName)],
    settings,
    { maxPersons: 2, mayCut: true },
    limits,
  );
  const [person, another] = found;
  if (person !== undefined && isOurAccount(person, settings.bindDn)) return undefined;
  if (person === undefined || another !== undefined) return undefined;
  const wanted = foldSpelling(userName);
  const name = textsOf(person.entry, attribute).find((one) => foldSpelling(one) === wanted);
  if (name === undefined) return undefined;
  return wanted === foldSpelling(person.userName) ? person : { ...person, otherUserName: name };
}

/**
 * The account that searches signs nobody in: wrong passwords that strangers type for it would lock it, and all people of the
 * environment out with it. Active Directory knows it by a name such as gatehouse@example.com too.
 */
function isOurAccount({ dn, userName }: DirectoryPerson, bindDn: string): boolean {
  const [, local] = /^([^@=]+)@/.exec(bindDn) ?? [];
  const names = [bindDn, local ?? bindDn].map(foldSpelling);
  return names.includes(foldSpelling(userName)) || partsOf(dn).join() === partsOf(bindDn).join();
}

/** Those of the ids that the directory still has, among its people. At most a few hundred at once. */
export async function findByIds(
  connection: LdapConnection,
  ids: readonly string[],
  settings: FindSettings,
  limits: CallLimits,
  attributes: readonly string[] = personAttributes(settings),
): Promise<DirectoryPerson[]> {
  const attribute = settings.attributes.id;
  const values = ids.flatMap((id) => idValue(id, attribute) ?? []);
  if (values.length === 0) return [];
  const terms = [anyOf(values.map((value) => equals(attribute, value)))];
  return findPersons(connection, terms, settings, { maxPersons: ids.length, attributes }, limits);
}

/** Undefined: nobody can match. Errors: Unsupported for a term that directories do not have. */
export function termsOf(filter: PersonFilter, { attributes }: FindSettings): Filter[] | undefined {
  const { tenant_dbid, is_agent, skill_dbid, group_dbid, login_dbid } = filter;
  for (const term of [skill_dbid, group_dbid, login_dbid])
    if (term !== undefined) throw new ConfigServerError('Unsupported', 'directories do not know this term');
  if (tenant_dbid !== undefined && tenant_dbid !== environmentTenantDbid) return undefined;
  // Nobody here is an agent.
  if (is_agent === CfgFlag.true) return undefined;
  const terms: [string, string | undefined][] = [
    [attributes.userName, filter.user_name],
    [attributes.firstName, filter.first_name],
    [attributes.lastName, filter.last_name],
    [attributes.email, filter.email_address],
    [attributes.employeeId, filter.employee_id],
    [attributes.externalId, filter.external_id],
  ];
  const given = terms.filter((term): term is [string, string] => term[1] !== undefined);
  // An attribute that is not mapped has no value, and LDAP cannot be asked for an empty one.
  if (given.some(([attribute, value]) => attribute === '' || value === '')) return undefined;
  return given.map(([attribute, value]) => equals(attribute, value));
}
