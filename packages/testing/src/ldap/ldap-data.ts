/** Writes people, groups and password policies of a test as LDIF (RFC 2849). */

export interface LdapTestPerson {
  uid: string;
  /** Default: `ldapNames.personPassword`; empty: none. */
  password?: string;
  /** The organisational unit below the people. Default: none. */
  unit?: string;
  /** Further attributes, operational ones too, such as `pwdReset: 'TRUE'`. */
  attributes?: Record<string, string | string[]>;
}

export interface LdapTestGroup {
  cn: string;
  /** DNs of people and groups. */
  members: string[];
}

export interface LdapTestData {
  people?: LdapTestPerson[];
  /** Organisational units below the people. */
  units?: string[];
  groups?: LdapTestGroup[];
  /** Attributes of the policy that holds for everybody, over those of `defaultPolicy`. */
  policy?: Record<string, string>;
  /** Policies of single people, by name; `pwdPolicySubentry` of a person names one. */
  policies?: Record<string, Record<string, string>>;
}

const suffix = 'dc=example,dc=test';

export const ldapNames = {
  suffix,
  peopleDn: `ou=people,${suffix}`,
  groupsDn: `ou=groups,${suffix}`,
  /** The account that searches; it may read people and change passwords. */
  bindDn: `cn=gatehouse,ou=services,${suffix}`,
  bindPassword: 'bind-account-of-the-tests',
  adminDn: `cn=admin,${suffix}`,
  adminPassword: 'database-administrator-of-the-tests',
  personPassword: 'Correct-Horse-1',
  policyDn: `cn=default,ou=policies,${suffix}`,
};

/** RFC 4514 section 2.4. */
const escaped = (value: string) => value.replace(/[,+"\\<>;#=]/g, '\\$&');

const peopleOf = (unit?: string) => (unit === undefined ? ldapNames.peopleDn : unitDn(unit));
export const unitDn = (unit: string) => `ou=${escaped(unit)},${ldapNames.peopleDn}`;
export const personDn = (uid: string, unit?: string) => `uid=${escaped(uid)},${peopleOf(unit)}`;
export const groupDn = (cn: string) => `cn=${cn},${ldapNames.groupsDn}`;
export const policyDn = (cn: string) => `cn=${cn},ou=policies,${suffix}`;

const defaultPolicy = {
  pwdAttribute: 'userPassword',
  pwdMinLength: '8',
  pwdCheckQuality: '2',
  pwdInHistory: '3',
  pwdLockout: 'TRUE',
  pwdMaxFailure: '4',
  pwdLockoutDuration: '300',
  pwdMustChange: 'TRUE',
  pwdAllowUserChange: 'TRUE',
};

export type Entry = Record<string, string | string[]> & { dn: string };

/** The entries that every server can store. */
export function entriesOf({ people = [], units = [], groups = [] }: LdapTestData): Entry[] {
  const unit = (ou: string): Entry => ({ dn: `ou=${ou},${suffix}`, objectClass: 'organizationalUnit', ou });
  return [
    { dn: suffix, objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' },
    ...['people', 'groups', 'services', 'policies'].map(unit),
    {
      dn: ldapNames.bindDn,
      objectClass: ['organizationalRole', 'simpleSecurityObject'],
      cn: 'gatehouse',
      userPassword: ldapNames.bindPassword,
    },
    ...units.map((ou): Entry => ({ dn: unitDn(ou), objectClass: 'organizationalUnit', ou })),
    ...people.map(personEntry),
    ...groups.map(groupEntry),
  ];
}

/** As the overlay of OpenLDAP reads them. */
export function policiesOf({ policy = {}, policies = {} }: LdapTestData): Entry[] {
  return Object.entries({ default: policy, ...policies }).map(([cn, attributes]) => ({
    dn: policyDn(cn),
    objectClass: ['organizationalRole', 'pwdPolicy'],
    cn,
    ...defaultPolicy,
    ...attributes,
  }));
}

function personEntry({
  uid,
  unit,
  password = ldapNames.personPassword,
  attributes = {},
}: LdapTestPerson): Entry {
  return {
    dn: personDn(uid, unit),
    objectClass: 'inetOrgPerson',
    uid,
    cn: uid,
    givenName: 'Given',
    sn: 'Surname',
    mail: `${uid}@example.test`,
    userPassword: password === '' ? [] : password,
    ...attributes,
  };
}

function groupEntry({ cn, members }: LdapTestGroup): Entry {
  return { dn: groupDn(cn), objectClass: 'groupOfNames', cn, member: members };
}

export function ldifOf(entries: Entry[]): string {
  return entries
    .map(({ dn, ...attributes }) => [line('dn', dn), ...linesOf(attributes), ''].join('\n'))
    .join('\n');
}

/** Changes that add people and groups to a server that runs. */
export function additionOf({ people = [], groups = [] }: Pick<LdapTestData, 'people' | 'groups'>): string {
  return additionsOf([...people.map(personEntry), ...groups.map(groupEntry)]);
}

export function additionsOf(entries: Entry[]): string {
  return entries
    .map(({ dn, ...attributes }) =>
      [line('dn', dn), 'changetype: add', ...linesOf(attributes), ''].join('\n'),
    )
    .join('\n');
}

/** Changes of one entry: lines such as `replace: mail`, and the values. */
export function changeOf(dn: string, lines: (string | [attribute: string, value: string])[]): string {
  const written = lines.map((one) => (typeof one === 'string' ? one : line(...one)));
  return [line('dn', dn), ...written, ''].join('\n');
}

function linesOf(attributes: Record<string, string | string[]>): string[] {
  return Object.entries(attributes).flatMap(([name, values]) =>
    [values].flat().map((value) => line(name, value)),
  );
}

/** In base64, which needs no rules about spaces, colons and line ends. */
function line(name: string, value: string): string {
  return `${name}:: ${Buffer.from(value).toString('base64')}`;
}
