/** Describes what SAML and OpenID Connect settings of a contact centre share. */
import { z } from 'zod';
import { userLookupSchema } from '../environment-api/single-sign-on.ts';
import { field } from '../resource/field.ts';
import { flag, list } from '../values/scalar.ts';
import { label } from '../values/text.ts';

function names(max: number, what: string) {
  return list(label(), max, `must be a list of ${what}`).transform((given) => [...new Set(given)]);
}

/** Fields of both protocols. A field that is not given stays, or gets its default. */
export const sharedFields = {
  enabled: field(flag().optional(), {
    label: 'Enabled',
    help: 'People sign in this way. New settings are not enabled.',
    group: 'provider',
    initial: false,
  }),
  accessGroups: field(names(64, 'names of access groups').optional(), {
    label: 'Access groups',
    help: 'One per line. Their members sign in this way, and everybody else keeps the password. Empty: everybody.',
    group: 'who',
    initial: [],
  }),
  passwordUsers: field(names(64, 'user names').optional(), {
    label: 'Accounts that keep their password',
    help: 'User names that keep their password, one per line, for the day on which the identity provider is away.',
    group: 'who',
  }),
  userNameDomain: field(
    label()
      .regex(/^[^@\s]+$/, 'must be a domain without "@", such as corp.example')
      .nullish(),
    {
      label: 'Domain of the names',
      help: 'Names must end with @ and this domain, which is taken off: ada@corp.example is looked up as ada.',
      group: 'person',
      isClearable: true,
    },
  ),
  requiredGroups: field(names(64, 'names of groups').optional(), {
    label: 'Required groups',
    help: 'One per line. A person needs one of these groups at the identity provider to be let in. They give no rights.',
    group: 'who',
  }),
  strongContext: field(label().nullish(), {
    label: 'Name for more than one factor',
    help: 'The authentication context that means more than one factor, as the identity provider calls it. Asked for where an application wants `acr` 2.',
    group: 'protection',
    isClearable: true,
  }),
  userLookup: field(
    z.enum(userLookupSchema.options, { error: 'must be "userName", "email" or "externalId"' }).optional(),
    {
      label: 'Look it up as',
      help: 'The field of the person that must equal the name.',
      group: 'person',
      initial: 'userName',
    },
  ),
  logout: field(flag().optional(), {
    label: 'Sign out there, too',
    help: 'Signing out here also ends the session at the identity provider.',
    group: 'protection',
    initial: false,
  }),
};

/**
 * Refuses unknown fields. Elsewhere they are ignored; here a misspelt one would silently leave a protection off, such as a
 * required signature.
 */
export function settingsOf<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownSettings(issue.keys) : undefined),
  });
}

function unknownSettings(unknown: readonly string[]): string {
  const jit = unknown.some((name) => /^(jit|justInTime|createPersons?|createUsers?|provision)/i.test(name));
  const reason = jit ? '; people are created at their first sign-in by createPeople of OpenID Connect' : '';
  return `has no setting ${unknown.map((name) => JSON.stringify(name)).join(', ')}: correct the name or leave it out${reason}`;
}
