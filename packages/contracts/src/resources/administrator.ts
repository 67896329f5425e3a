/** Describes an entry of the list of installation administrators: what is sent, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { label } from '../text.ts';
import { passwordWay, wayOfSignInSchema } from '../way-of-sign-in.ts';

const text = label(512);

export const administrator = {
  name: 'administrator',
  fields: {
    user: field(text, {
      label: 'Person',
      help: '`sub`; or user name, also as `domain\\user`.',
      group: 'person',
      isColumn: true,
    }),
    contactCenter: field(text.optional(), {
      label: 'Contact centre',
      help: 'Id or domain of the contact centre where the person signs in. Needed with a `sub`; with a user name, the default tenant without it.',
      group: 'person',
      isColumn: true,
    }),
    way: field(wayOfSignInSchema.default(passwordWay), {
      label: 'Way of sign-in',
      help: '`password`: of the directory. `saml ISSUER`, `oidc ISSUER`: the identity provider with this entity id or issuer.',
      group: 'person',
      isColumn: true,
    }),
    note: field(text.optional(), {
      label: 'Note',
      help: 'Why the person is on the list, such as the number of a ticket.',
      group: 'person',
      isColumn: true,
    }),
  },
};

/** Strict: a misspelt `contactCenter` would name another person. */
export const newAdministratorSchema = z.strictObject(administrator.fields);

/** As it is sent. */
export type NewAdministrator = z.input<typeof newAdministratorSchema>;
