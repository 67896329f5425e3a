/** Describes an entry of the list of a contact centre: who administers it, helps its people or audits it, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { contactCenterRightNames, contactCenterRightsIn } from '../values/contact-center-rights.ts';
import { label } from '../values/text.ts';
import { passwordWay, wayOfSignInSchema } from '../values/way-of-sign-in.ts';
import { administrator } from './administrator.ts';

const quoted = contactCenterRightNames.map((name) => JSON.stringify(name)).join(', ');
const right = z.enum(contactCenterRightNames, { error: `must be one of ${quoted}` });

export const appointment = {
  name: 'appointment',
  fields: {
    user: field(label(512), {
      label: 'Person',
      help: 'The name that they sign in with, or their identifier (sub). The person belongs to this contact centre.',
      group: 'person',
      isColumn: true,
    }),
    rights: field(
      z.array(right).min(1).max(contactCenterRightNames.length).transform(contactCenterRightsIn),
      {
        label: 'Rights',
        help: 'The person may do what any of them allows. `administrator` changes the contact centre, `help-desk` helps its people to sign in and ends sessions, `auditor` reads everything of it and changes nothing.',
        group: 'person',
        isColumn: true,
      },
    ),
    way: field(wayOfSignInSchema.default(passwordWay), {
      label: 'Way of sign-in',
      help: 'Only a sign-in in this way gives the right: `password`, `saml ISSUER` or `oidc ISSUER`.',
      group: 'person',
      isColumn: true,
    }),
    note: administrator.fields.note,
  },
};

/** Strict: a misspelt `rights` must not be another one. */
export const newAppointmentSchema = z.strictObject(appointment.fields);

/** As it is sent. */
export type NewAppointment = z.input<typeof newAppointmentSchema>;
