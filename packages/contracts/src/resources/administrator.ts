/** Describes an entry of the list of installation administrators: what is sent, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { label } from '../values/text.ts';
import { passwordWay, wayOfSignInSchema } from '../values/way-of-sign-in.ts';

const text = label(512);

export const administrator = {
  name: 'administrator',
  fields: {
    user: field(text, {
      label: 'Person',
      help: 'The name that they sign in with, also as `domain\\user`, or their identifier (sub).',
      group: 'person',
      isColumn: true,
    }),
    contactCenter: field(text.optional(), {
      label: 'Contact centre',
      help: 'One of its tenant names, or its identifier. Always needed with an identifier (sub); for a name, the default tenant counts without it.',
      group: 'person',
      reference: 'contactCenter',
      isColumn: true,
    }),
    way: field(wayOfSignInSchema.default(passwordWay), {
      label: 'Way of sign-in',
      help: 'Only a sign-in in this way gives the right: `password`, `saml ISSUER` or `oidc ISSUER`. The administrator of an identity provider can sign in there under any name.',
      group: 'person',
      isColumn: true,
    }),
    note: field(text.optional(), {
      label: 'Note',
      help: 'Why, such as the number of a ticket.',
      group: 'person',
      isColumn: true,
    }),
  },
};

/** Strict: a misspelt `contactCenter` would name another person. */
export const newAdministratorSchema = z.strictObject(administrator.fields);

/** As it is sent. */
export type NewAdministrator = z.input<typeof newAdministratorSchema>;
