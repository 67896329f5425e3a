/** Describes what SAML and OpenID Connect settings of a contact centre share. */
import { z } from 'zod';
import { groupMapping, userLookupSchema } from '../environment-api/single-sign-on.ts';
import { field } from '../resource/field.ts';
import { flag, list } from '../values/scalar.ts';
import { label, nameProblem } from '../values/text.ts';

function names(max: number, what: string) {
  return list(label(), max, `must be a list of ${what}`).transform((given) => [...new Set(given)]);
}

/** The group of the people store has a name that people can read. */
const mapped = label(512).superRefine((entry, context) => {
  const { there, group } = groupMapping(entry);
  const problem = group.length > 255 ? 'is longer than 255 characters' : nameProblem(group);
  if (there === '' || group === '')
    context.addIssue({ code: 'custom', message: 'must be a group, or "name there -> group"' });
  else if (problem !== undefined) context.addIssue({ code: 'custom', message: `${group} ${problem}` });
});

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
  phishingResistantContexts: field(names(20, 'authentication contexts').optional(), {
    label: 'Names for phishing-resistant factors',
    help: 'One per line. Authentication contexts that mean more than one factor, one of them a security key, a passkey or a smart card, as the identity provider calls them. No name counts as that unless it stands here.',
    group: 'protection',
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
  createPeople: field(flag().optional(), {
    label: 'Create people at their first sign-in',
    help: 'Only with people in the people store. People are then found by the `sub` of the identity provider, of SAML by a persistent NameID or the attribute that never changes. A user name that is in the store already is refused until an administrator links the person: nobody takes over an account by its name.',
    group: 'people',
    initial: false,
  }),
  updatePeople: field(flag().optional(), {
    label: 'Keep people in step',
    help: 'At each sign-in, names, e-mail address and the groups below become what the identity provider says. People whom it has not created, and who are not linked to it, stay as they are.',
    group: 'people',
    initial: false,
  }),
  peopleGroups: field(list(mapped, 200, 'must be a list of groups').optional(), {
    label: 'Groups that the identity provider gives',
    help: 'Groups of the people store, from which authorities follow. A person comes into a group where the identity provider names a group of the same name; write `name there -> group` where it is called otherwise there. Groups that somebody else gave a person stay.',
    reference: 'group',
    group: 'people',
    initial: [],
  }),
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
  const reason = jit ? '; people are created at their first sign-in by createPeople' : '';
  return `has no setting ${unknown.map((name) => JSON.stringify(name)).join(', ')}: correct the name or leave it out${reason}`;
}
