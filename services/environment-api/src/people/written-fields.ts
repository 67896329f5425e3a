/** Turns what administrators write without SCIM into the fields of a person: names keep the rules that SCIM has for them. */
import type { PersonChange } from '@gatehouse/contracts/resources';
import { badRequest } from '@gatehouse/service-kit/errors';
import { requireHonestName } from '../fields/names.ts';
import { keyProblem } from './name-key.ts';
import { addressesOf, fieldsOf, type PersonFields } from './person.ts';

const names = ['userName', 'firstName', 'lastName'] as const;
const texts = [...names, 'employeeId', 'externalId'] as const;

/** Merges a change into what is there; `present` is undefined for a new person. @throws AppError 400 */
export function fieldsAfter(change: PersonChange, present?: PersonFields): PersonFields {
  const before = present ? fieldsOf(present) : undefined;
  const fields: PersonFields = { userName: '', isActive: true, attributes: {}, ...before };
  for (const name of texts) {
    const value = change[name];
    if (value !== undefined) Object.assign(fields, { [name]: value?.trim() || undefined });
  }
  fields.userName ??= '';
  if (change.status !== undefined) fields.isActive = change.status === 'active';
  if (change.email !== undefined) fields.attributes = withAddress(fields, change.email?.trim() || undefined);
  requireKey('userName', fields.userName);
  for (const name of names) requireHonestName(`data.${name}`, fields[name] ?? '-', [before?.[name] ?? '-']);
  return fields;
}

/** @throws AppError 400 */
export function groupNamesOf(groups: readonly string[]): string[] {
  return groups.map((group, index) => {
    const name = group.trim();
    requireKey(`groups.${index}`, name);
    requireHonestName(`data.groups.${index}`, name);
    return name;
  });
}

/** Other attributes that SCIM keeps stay. An address that is the present one changes nothing. */
function withAddress({ attributes }: PersonFields, email: string | undefined): PersonFields['attributes'] {
  if (email !== undefined) requireKey('email', email);
  if (email === addressesOf({ attributes })[0]) return attributes;
  const { emails: _before, ...kept } = attributes;
  return email === undefined ? kept : { ...kept, emails: [{ value: email, type: 'work', primary: true }] };
}

function requireKey(field: string, name: string): void {
  const problem = keyProblem(name);
  if (problem !== undefined) throw badRequest(`data.${field} ${problem}`, { field: `data.${field}` });
}
