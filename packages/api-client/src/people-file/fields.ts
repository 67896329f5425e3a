/** Lists the columns of a file of people, and reads the same fields of a SCIM user. */
import {
  enterpriseUserUrn,
  type NewScimUser,
  type ScimOperation,
  type ScimUser,
} from '@gatehouse/contracts/environment-administration';

/** `groups` is apart: it is no attribute of a user. */
export const textColumns = [
  'userName',
  'externalId',
  'firstName',
  'lastName',
  'email',
  'employeeId',
] as const;

export const columns = [...textColumns, 'active', 'groups'] as const;

export type TextColumn = (typeof textColumns)[number];
export type Column = (typeof columns)[number];

/** Empty: there is none. */
export type PersonFields = Record<TextColumn, string> & { active: boolean; groups: string[] };

export function fieldsOf(user: ScimUser): PersonFields {
  const { emails = [] } = user;
  return {
    userName: user.userName,
    externalId: user.externalId ?? '',
    firstName: user.name?.givenName ?? '',
    lastName: user.name?.familyName ?? '',
    email: (emails.find(({ primary }) => primary) ?? emails[0])?.value ?? '',
    employeeId: user[enterpriseUserUrn]?.employeeNumber ?? '',
    active: user.active,
    groups: (user.groups ?? []).map(({ value, display }) => display ?? value).sort(),
  };
}

const paths: Record<TextColumn, string> = {
  userName: 'userName',
  externalId: 'externalId',
  firstName: 'name.givenName',
  lastName: 'name.familyName',
  email: 'emails',
  employeeId: `${enterpriseUserUrn}:employeeNumber`,
};

/** One operation of a PATCH. */
export function operationOf(column: TextColumn | 'active', value: string | boolean): ScimOperation {
  if (column === 'active') return { op: 'replace', path: 'active', value };
  const path = paths[column];
  if (value === '') return { op: 'remove', path };
  return { op: 'replace', path, value: column === 'email' ? emailsOf(String(value)) : value };
}

/** The user that a row without a counterpart becomes. */
export function userOf(given: Partial<PersonFields>): NewScimUser {
  const { userName, externalId, firstName, lastName, email, employeeId, active } = given;
  const user = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterpriseUserUrn],
    userName,
    externalId: externalId || undefined,
    name: { givenName: firstName || undefined, familyName: lastName || undefined },
    emails: email ? emailsOf(email) : undefined,
    [enterpriseUserUrn]: employeeId ? { employeeNumber: employeeId } : undefined,
    active: active ?? true,
  };
  // Leaves out what is undefined, at every depth.
  return JSON.parse(JSON.stringify(user));
}

function emailsOf(value: string): NonNullable<NewScimUser['emails']> {
  return [{ value, type: 'work', primary: true }];
}
