/** Compiles filters: the keys that each object type knows, and what they compare. */
import { beginsWith, CfgObjectType, compareUserNames, foldUserName } from '@gatehouse/people-directory';
import { RequestRefused } from './request-refused.ts';
import { identityOf, type StoredObject } from './stored-object.ts';

export type Filter = Record<string, number | string>;

/** Reads other objects, for filters that look across types. */
export type ObjectReader = (objectType: number) => Iterable<StoredObject>;

interface FilterKey {
  value: 'number' | 'string';
  matches(object: StoredObject, wanted: number | string, read: ObjectReader): boolean;
}

export const maxFilterTerms = 20;

/** A test for objects of the type. @throws RequestRefused InvalidFilter for an unknown key or a value of the wrong kind */
export function compileFilter(
  objectType: number,
  filter: Filter,
  read: ObjectReader,
): (object: StoredObject) => boolean {
  const known = filterKeys[objectType];
  if (known === undefined) {
    throw new RequestRefused('Unsupported', `objects of type ${objectType} are not kept here`, {
      objectType,
    });
  }
  const entries = Object.entries(filter);
  if (entries.length > maxFilterTerms)
    throw new RequestRefused('InvalidFilter', `more than ${maxFilterTerms} filter keys`, { objectType });
  const tests = entries.map(([key, wanted]) => {
    const rule = Object.hasOwn(known, key) ? known[key] : undefined;
    if (rule === undefined || typeof wanted !== rule.value) throw wrongTerm(objectType, key, known);
    return (object: StoredObject) => rule.matches(object, wanted, read);
  });
  return (object) => tests.every((test) => test(object));
}

function wrongTerm(objectType: number, key: string, known: Record<string, FilterKey>): RequestRefused {
  const shown = key.slice(0, 64);
  const rule = Object.hasOwn(known, key) ? known[key] : undefined;
  const description =
    rule === undefined
      ? `unknown filter key "${shown}"; known are ${Object.keys(known).join(', ')}`
      : `the filter key "${shown}" needs a ${rule.value}`;
  return new RequestRefused('InvalidFilter', description, { objectType, objectProperty: shown });
}

const number = (field: string): FilterKey => ({
  value: 'number',
  matches: (object, wanted) => object[field] === wanted,
});
const text = (field: string): FilterKey => ({
  value: 'string',
  matches: (object, wanted) => object[field] === wanted,
});
/** Compared without case, by the same rule for both sides. */
const folded = (field: string): FilterKey => ({
  value: 'string',
  matches: (object, wanted) => foldUserName(String(object[field] ?? '')) === foldUserName(String(wanted)),
});
const groupNumber = (field: string): FilterKey => ({
  value: 'number',
  matches: (object, wanted) => identityOf(CfgObjectType.accessGroup, object)[field] === wanted,
});
const groupText = (field: string): FilterKey => ({
  value: 'string',
  matches: (object, wanted) => identityOf(CfgObjectType.accessGroup, object)[field] === wanted,
});
const always: FilterKey = { value: 'number', matches: () => true };

function listHolds(list: unknown, test: (entry: StoredObject) => boolean): boolean {
  return Array.isArray(list) && list.some((entry) => test(entry as StoredObject));
}

function agentInfo(person: StoredObject): StoredObject {
  return (person['agentInfo'] as StoredObject | null | undefined) ?? {};
}

const personKeys: Record<string, FilterKey> = {
  dbid: number('DBID'),
  tenant_dbid: number('tenantDBID'),
  state: number('state'),
  is_agent: number('isAgent'),
  employee_id: text('employeeID'),
  first_name: text('firstName'),
  last_name: text('lastName'),
  // Extensions of the open protocol, as are name_prefix and after_user_name: the documented filters know none of them.
  email_address: folded('emailAddress'),
  external_id: text('externalID'),
  user_name: folded('userName'),
  name_prefix: {
    value: 'string',
    matches: (person, wanted) => beginsWith(namesOf(person), String(wanted)),
  },
  after_user_name: {
    value: 'string',
    matches: (person, wanted) => compareUserNames(namesOf(person).userName, String(wanted)) > 0,
  },
  skill_dbid: {
    value: 'number',
    matches: (person, wanted) =>
      listHolds(agentInfo(person)['skillLevels'], (skill) => skill['skillDBID'] === wanted),
  },
  login_dbid: {
    value: 'number',
    matches: (person, wanted) => holdsLogin(person, wanted),
  },
  no_login_dbid: {
    value: 'number',
    matches: (person, wanted) => !holdsLogin(person, wanted),
  },
  no_place_dbid: {
    value: 'number',
    matches: (person, wanted) => agentInfo(person)['placeDBID'] !== wanted,
  },
  group_dbid: {
    value: 'number',
    matches: (person, wanted, read) => {
      for (const group of read(CfgObjectType.agentGroup)) {
        if (identityOf(CfgObjectType.agentGroup, group)['DBID'] !== wanted) continue;
        return Array.isArray(group['agentDBIDs']) && group['agentDBIDs'].includes(person['DBID']);
      }
      return false;
    },
  },
};

function namesOf(person: StoredObject) {
  const text = (field: string) => String(person[field] ?? '');
  return {
    userName: text('userName'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    email: text('emailAddress'),
  };
}

function holdsLogin(person: StoredObject, loginDbid: number | string): boolean {
  return listHolds(agentInfo(person)['agentLogins'], (login) => login['agentLoginDBID'] === loginDbid);
}

const holdsPerson = (field: string): FilterKey => ({
  value: 'number',
  matches: (holder, wanted) =>
    listHolds(holder[field], (held) => held['type'] === CfgObjectType.person && held['DBID'] === wanted),
});

const groupKeys = {
  dbid: groupNumber('DBID'),
  tenant_dbid: groupNumber('tenantDBID'),
  state: groupNumber('state'),
  name: groupText('name'),
};

const plainKeys = {
  dbid: number('DBID'),
  tenant_dbid: number('tenantDBID'),
  state: number('state'),
  name: text('name'),
};

const filterKeys: Record<number, Record<string, FilterKey>> = {
  [CfgObjectType.person]: personKeys,
  [CfgObjectType.tenant]: {
    dbid: number('DBID'),
    name: text('name'),
    state: number('state'),
    all_tenants: always,
  },
  [CfgObjectType.application]: {
    ...plainKeys,
    app_type: number('type'),
    is_server: number('isServer'),
    version: text('version'),
  },
  [CfgObjectType.accessGroup]: {
    ...groupKeys,
    person_dbid: holdsPerson('memberIDs'),
  },
  [CfgObjectType.agentGroup]: {
    ...groupKeys,
    person_dbid: {
      value: 'number',
      matches: (group, wanted) => Array.isArray(group['agentDBIDs']) && group['agentDBIDs'].includes(wanted),
    },
  },
  [CfgObjectType.placeGroup]: groupKeys,
  [CfgObjectType.place]: plainKeys,
  [CfgObjectType.skill]: plainKeys,
  [CfgObjectType.role]: plainKeys,
  // An extension of the open protocol, as those of persons are.
  [CfgObjectType.folder]: { ...plainKeys, person_dbid: holdsPerson('objectIDs') },
  [CfgObjectType.agentLogin]: {
    ...plainKeys,
    login_code: text('loginCode'),
    switch_dbid: number('switchDBID'),
  },
  [CfgObjectType.personLastLogin]: { dbid: number('DBID') },
};

export function isKeptType(objectType: number): boolean {
  return Object.hasOwn(filterKeys, objectType);
}
