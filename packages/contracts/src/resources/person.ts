/** Describes a person of the people store: what administrators write without SCIM, and what is told about it. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { changeShape } from '../resource/resource.ts';
import { list } from '../values/scalar.ts';
import { label } from '../values/text.ts';

/** Far more than tokens carry. */
const maxGroups = 200;

const text = label(255);

export const personStatus = z.enum(['active', 'disabled']);

export const person = {
  name: 'person',
  fields: {
    userName: field(text, {
      label: 'User name',
      help: 'The name that the person signs in with. Nobody else there has it, also in other capital or small letters.',
      group: 'person',
      example: 'ada',
    }),
    firstName: field(text.optional(), {
      label: 'First name',
      help: 'Stands in tokens as `given_name`.',
      group: 'person',
      isClearable: true,
    }),
    lastName: field(text.optional(), {
      label: 'Last name',
      help: 'Stands in tokens as `family_name`.',
      group: 'person',
      isClearable: true,
    }),
    email: field(text.optional(), {
      label: 'E-mail address',
      help: 'The address that tokens show. A new one replaces all addresses that the person had.',
      group: 'person',
      isClearable: true,
    }),
    employeeId: field(text.optional(), {
      label: 'Employee number',
      help: 'As the staff records know the person.',
      group: 'person',
      isClearable: true,
    }),
    externalId: field(text.optional(), {
      label: 'External identifier',
      help: 'As an identity provider or a provisioning program knows the person.',
      group: 'person',
      isClearable: true,
    }),
    groups: field(list(text, maxGroups, 'must be a list of names of groups').default([]), {
      label: 'Groups',
      help: 'Tokens carry them, and authorities follow from them. A group that does not exist yet is made.',
      reference: 'group',
      group: 'person',
    }),
    status: field(personStatus.default('active'), {
      label: 'State',
      help: 'A disabled person cannot sign in, and sessions and tokens end within a second. An active person can sign in again.',
      group: 'person',
      isColumn: true,
    }),
  },
};

/** Refuses unknown fields: a password is set by a link or by SCIM alone. */
export const newPersonSchema = z.strictObject(person.fields);
export const personChangeSchema = z.strictObject(changeShape(person));

/** As they are sent. */
export type NewPerson = z.input<typeof newPersonSchema>;
export type PersonChange = z.input<typeof personChangeSchema>;
