/** Turns persons into SCIM users and back: what has a column of its own, and what is only kept. */
import { definedOnly } from '@gatehouse/contracts/values';
import { addressesOf, type Person, type PersonFields } from '../people/person.ts';
import { scimError } from './errors.ts';
import { metaOf } from './reply.ts';
import { isObject, type Resource, readResource, requireHonest, requireKey } from './resource.ts';
import { enterpriseUrn, userSchema } from './schema.ts';

const maxAttributesLength = 32_768;
/** Kept as the attribute `active` of somebody from whom it was removed; no caller writes it, because `active` has a column. */
const unassigned = 'unassigned';

/** The attributes that a caller may write, as the present state of a PATCH. Without `active` where it was removed (`readPatched`). */
export function writableOf(person: PersonFields): Resource {
  const { userName, externalId, isActive } = person;
  const { active: mark, ...attributes } = person.attributes;
  // A person whom an administrator let in again has the attribute again.
  const isUnassigned = mark === unassigned && !isActive;
  const name = {
    ...part(attributes, 'name'),
    ...definedOnly({ givenName: person.firstName, familyName: person.lastName }),
  };
  const extension = {
    ...part(attributes, enterpriseUrn),
    ...definedOnly({ employeeNumber: person.employeeId }),
  };
  return {
    ...attributes,
    userName,
    ...(isUnassigned ? {} : { active: isActive }),
    ...definedOnly({ externalId, name: filled(name), [enterpriseUrn]: filled(extension) }),
  };
}

/** `patched`: all attributes. An `active` that is gone is unassigned (RFC 7644 section 3.5.2.2): nobody signs in by it. @throws AppError 400 */
export function readPatched(patched: Resource, present: PersonFields): PersonFields {
  const { fields } = readUser({ active: false, ...patched }, present);
  if ('active' in patched) return fields;
  return { ...fields, attributes: { ...fields.attributes, active: unassigned } };
}

/** @throws AppError 400 */
export function readUser(
  sent: unknown,
  present?: PersonFields,
): { fields: PersonFields; password: string | undefined } {
  const { userName, externalId, active, password, ...rest } = readResource(userSchema, sent);
  const { givenName, familyName, ...name } = part(rest, 'name');
  const { employeeNumber, ...extension } = part(rest, enterpriseUrn);
  const { name: _name, [enterpriseUrn]: _extension, ...kept } = rest;
  const attributes = { ...kept, ...definedOnly({ name: filled(name), [enterpriseUrn]: filled(extension) }) };
  requireShort(attributes);
  for (const address of addressesOf({ attributes })) requireKey(address, 'emails.value');
  const fields = {
    userName: requireName(userName),
    externalId: externalId as string | undefined,
    firstName: givenName as string | undefined,
    lastName: familyName as string | undefined,
    employeeId: employeeNumber as string | undefined,
    // A program that does not speak of it must not let in who was shut out.
    isActive: (active as boolean | undefined) ?? present?.isActive ?? true,
    attributes,
  };
  const stored = present && namesOf(present);
  for (const [field, name] of Object.entries(namesOf(fields))) requireHonest(field, name, stored?.[field]);
  return { fields, password: password as string | undefined };
}

function namesOf({ userName, firstName, lastName, attributes }: PersonFields): Record<string, unknown> {
  const { displayName, nickName, title } = attributes;
  const { formatted, ...parts } = part(attributes, 'name');
  return {
    userName,
    displayName,
    nickName,
    title,
    'name.givenName': firstName,
    'name.familyName': lastName,
    'name.formatted': formatted,
    ...Object.fromEntries(Object.entries(parts).map(([name, value]) => [`name.${name}`, value])),
  };
}

export function userOf(person: Person, base: string): Resource {
  const { id, version, createdAt, updatedAt, groups } = person;
  const writable = writableOf(person);
  const urns = [userSchema.core.urn, ...(enterpriseUrn in writable ? [enterpriseUrn] : [])];
  return {
    schemas: urns,
    id,
    ...writable,
    ...(groups.length === 0
      ? {}
      : {
          groups: groups.map((group) => ({
            value: group.id,
            $ref: `${base}/Groups/${group.id}`,
            display: group.name,
            type: 'direct',
          })),
        }),
    meta: metaOf('User', `${base}/Users/${id}`, { version, createdAt, updatedAt }),
  };
}

function requireName(userName: unknown): string {
  if (typeof userName !== 'string') throw scimError('invalidValue', 'userName is missing', 'userName');
  return requireKey(userName, 'userName');
}

function requireShort(attributes: Resource): void {
  if (JSON.stringify(attributes).length <= maxAttributesLength) return;
  throw scimError(
    'invalidValue',
    `The attributes of a user have more than ${maxAttributesLength} characters in all`,
  );
}

function part(attributes: Readonly<Record<string, unknown>>, name: string): Resource {
  const value = attributes[name];
  return isObject(value) ? value : {};
}

function filled(value: Resource): Resource | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}
