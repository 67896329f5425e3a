/** Describes how administrators look for people of a contact centre, wherever its people are. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { envelopeOf, nextCursorSchema } from '../answers/envelope.ts';
import { directories } from '../environment-api/directory.ts';
import { minNamePart, peopleSorts } from '../environment-api/people.ts';
import { line } from '../values/text.ts';
import { personFields } from './help-desk.ts';
import { type SignInCause, signInStateSchema } from './sign-in.ts';

export const maxPeopleInPage = 50;

/** The states that a list of people can show and search for: the causes that it knows. */
export const listedStates = [
  'allowed',
  'person_disabled',
  'no_password',
  'password_link_open',
  'not_linked',
  'password_must_change',
  'directory_locked',
  'delayed',
  'delayed_elsewhere',
  'single_sign_on_only',
  'contact_center_disabled',
] as const satisfies readonly ('allowed' | SignInCause)[];
export type ListedState = (typeof listedStates)[number];

export const peopleQuerySchema = z.strictObject({
  contactCenter: personFields.contactCenter.unwrap().describe('Id or domain.'),
  search: line(255)
    .default('')
    .describe(
      'The beginning of a user name, an e-mail address, a last name, or of first and last name with a space between, in any case. In the people store, three characters or more are found anywhere in these names and in the display name. Without it: everybody.',
    ),
  signIn: z
    .enum(listedStates)
    .optional()
    .describe('Only people of this state: the `reason` of `signIn`, or `allowed`.'),
  sort: z
    .enum(peopleSorts)
    .optional()
    .describe(
      'Of people of the people store: by user name, by first and last name, by e-mail address, or by the last change; with `-` from the last one on. People of a Configuration Server or an LDAP directory come in the order of user names, and `sort` is refused.',
    ),
  limit: z.coerce.number().int().min(1).max(maxPeopleInPage).default(maxPeopleInPage),
  cursor: line(4_096).optional().describe('`nextCursor` of the page before.'),
});

const sourceFields = {
  source: z
    .enum(directories)
    .describe('Where the people are: Configuration Servers, an LDAP directory or the people store.'),
  canDisable: z.boolean().describe('By Environment API; otherwise where the people are.'),
  canUnlock: z
    .boolean()
    .describe('Our delays after wrong passwords can be ended. A lock of the source itself is ended there.'),
  canLinkPassword: z.boolean().describe('A link for a first password can be made.'),
};

export const listedPersonSchema = z.object({
  userName: z.string(),
  name: z.string().optional().describe('First and last name.'),
  email: z.string().optional(),
  state: z
    .enum(['active', 'disabled', 'locked'])
    .describe(
      '`locked`: the directory shows a lock after wrong passwords, which may have ended by itself meanwhile.',
    ),
  changedAt: z.iso.datetime().optional().describe('Of the people store: when the person was changed.'),
  // Auth API of the release before gives none.
  signIn: signInStateSchema.optional(),
  number: z
    .int()
    .optional()
    .describe('As tokens carry it (`dbid`). Absent: a person of a directory who has never signed in.'),
  sub: z.string().optional().describe('Absent where `number` is.'),
  id: z.string().optional().describe('Of the people store: the id for `/contact-centers/{id}/people`.'),
});
components.add(listedPersonSchema, { id: 'ListedPerson' });

export const peoplePageSchema = z.object({
  contactCenterId: z.string(),
  ...sourceFields,
  matching: z
    .enum(['beginning', 'whole names'])
    .describe(
      '`whole names`: this Configuration Server compares whole names only. The people store has `beginning`, and finds parts of three characters, too.',
    ),
  isCut: z
    .boolean()
    .describe('More people match than the source was asked for: a longer text finds the others.'),
  people: z.array(listedPersonSchema).describe('In the order of user names, or as `sort` says.'),
});

export const peopleAnswer = envelopeOf(peoplePageSchema).extend({ nextCursor: nextCursorSchema });

/** Whether a search across contact centres takes it. */
export const isNamePart = (text: string): boolean => [...text.trim()].length >= minNamePart;

export const peopleEverywhereQuerySchema = z.strictObject({
  search: line(255)
    .refine(isNamePart, `must have at least ${minNamePart} characters`)
    .describe(`At least ${minNamePart} characters of a user name, a name or an e-mail address, in any case.`),
});

export const peopleEverywhereSchema = z.object({
  people: z
    .array(listedPersonSchema.extend({ contactCenterId: z.string(), contactCenterName: z.string() }))
    .describe('In the order of user names; once for each contact centre that a person belongs to.'),
  isCut: z.boolean().describe('There may be more people: a longer text finds the others.'),
});

export const personProfileSchema = z.object({
  contactCenterId: z.string(),
  ...sourceFields,
  person: listedPersonSchema,
  sessions: z
    .int()
    .optional()
    .describe(
      'How many live sessions the person has. Absent for the administrator of one contact centre, when the person uses another one, too.',
    ),
  lastSignInAt: z.iso.datetime().optional().describe('As far as the audit trail goes back.'),
  wrongPasswords: z.int().describe('How many are remembered.'),
  waitSeconds: z.int().describe('How long a sign-in has to wait now, where the person is not known.'),
});
components.add(personProfileSchema, { id: 'PersonProfile' });

export type ListedPersonView = z.infer<typeof listedPersonSchema>;
export type PeopleEverywhere = z.infer<typeof peopleEverywhereSchema>;
export type PeoplePage = z.infer<typeof peoplePageSchema>;
export type PersonProfile = z.infer<typeof personProfileSchema>;
