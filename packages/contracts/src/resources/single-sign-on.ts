/** Describes what SAML and OpenID Connect settings of a contact centre share. */
import { z } from 'zod';
import { userLookupSchema } from '../environment-api/single-sign-on.ts';
import { field } from '../resource/field.ts';
import { flag, list } from '../scalar.ts';
import { label } from '../text.ts';

function names(max: number, what: string) {
  return list(label(), max, `must be a list of ${what}`).transform((given) => [...new Set(given)]);
}

/** Fields of both protocols. A field that is not given stays, or gets its default. */
export const sharedFields = {
  enabled: field(flag().optional(), {
    label: 'Enabled',
    help: 'People sign in this way. New settings are not enabled.',
    group: 'provider',
  }),
  accessGroups: field(names(64, 'names of access groups').optional(), {
    label: 'Access groups',
    help: 'Members of these groups use single sign-on, the others their password; empty: everybody.',
    group: 'who',
  }),
  passwordUsers: field(names(64, 'user names').optional(), {
    label: 'Accounts that keep their password',
    help: 'These user names keep their password, for the day on which the identity provider is away.',
    group: 'who',
  }),
  userNameDomain: field(
    label()
      .regex(/^[^@\s]+$/, 'must be a domain without "@", such as corp.example')
      .nullish(),
    {
      label: 'Domain of the names',
      help: 'Names must end with "@" and this domain, which is taken off before the person is looked up.',
      group: 'person',
      isClearable: true,
    },
  ),
  requiredGroups: field(names(64, 'names of groups').optional(), {
    label: 'Required groups',
    help: 'Only members of one of these groups at the identity provider are let in; nobody gets rights by them.',
    group: 'who',
  }),
  strongContext: field(label().nullish(), {
    label: 'Name for more than one factor',
    help: 'Authentication context at the identity provider that means more than one factor; asked for where an application wants acr 2.',
    group: 'protection',
    isClearable: true,
  }),
  userLookup: field(
    z.enum(userLookupSchema.options, { error: 'must be "userName", "email" or "externalId"' }).optional(),
    { label: 'Look it up as', help: "The person's field that the name is looked up in.", group: 'person' },
  ),
  logout: field(flag().optional(), {
    label: 'Sign out there, too',
    help: 'Signing out here signs out there.',
    group: 'protection',
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
  const reason = jit ? '; persons are created at the Configuration Server, never by signing in' : '';
  return `has no setting ${unknown.map((name) => JSON.stringify(name)).join(', ')}: correct the name or leave it out${reason}`;
}
