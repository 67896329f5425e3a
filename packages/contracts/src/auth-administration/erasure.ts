/** Describes the erasure of what Auth API holds of a person who is gone (GDPR Article 17). */
import { z } from 'zod';
import { components } from '../answers/components.ts';
import { wrapped } from '../answers/envelope.ts';
import { directories } from '../environment-api/directory.ts';
import { personFields } from './help-desk.ts';

/** Numbers of the things that are found and erased, in the order of the pages that show it. */
const heldFields = {
  sessions: z.int().describe('Live sessions. Tokens end with them and without them.'),
  consents: z.int().describe('Applications that the person has agreed to.'),
  approvalCodes: z.int().describe('Codes by which the person allowed applications to ask.'),
  // Auth API of the release before has none.
  factors: z
    .int()
    .default(0)
    .describe('Passkeys, apps for codes, recovery codes and browsers that are remembered.'),
  wrongPasswords: z.int().describe('Wrong passwords that are remembered.'),
  browsers: z.int().describe('Browsers and networks that the account is known to be used from.'),
  rights: z.int().describe('Entries of the lists of administrators.'),
  refusals: z.int().describe('Examples of refused requests, with the address of the person.'),
  events: z.int().describe('Security events: that something happened stays.'),
};

/** Strict, as is its wrapping: a misspelt `dryRun` would erase. */
export const erasureBodySchema = wrapped(
  z.strictObject({
    user: personFields.user.describe('User name in any case.'),
    contactCenter: personFields.contactCenter.unwrap().describe('Id or domain.'),
    number: z
      .int()
      .positive()
      .optional()
      .describe(
        'As tokens carry it (`dbid`): needed where somebody else has the user name by now. A person of the people store has it in `GET /deleted`.',
      ),
    dryRun: z.boolean().default(false).describe('Only shows what would be erased.'),
  }),
).strict();

export const erasureSchema = z.object({
  contactCenterId: z.string(),
  environmentId: z.string(),
  source: z.enum(directories).describe('Where the people of the contact centre are.'),
  present: z
    .object({
      id: z.string().optional().describe('Of the people store.'),
      number: z.int().optional(),
      userName: z.string(),
    })
    .optional()
    .describe('The person is still there: an erasure is refused until the person is deleted.'),
  held: z.object(heldFields).describe('Of a dry run: what is there. Otherwise: what was erased.'),
  stays: z.object({
    actions: z
      .int()
      .describe('Events of what the person did as an administrator: they keep the `sub` and the address.'),
  }),
  erasedAt: z.iso.datetime().optional().describe('Absent: a dry run.'),
  copies: z.int().optional().describe('Events in Elasticsearch that were erased. Absent: a dry run.'),
});
components.add(erasureSchema, { id: 'Erasure' });

export type ErasureOrder = z.input<typeof erasureBodySchema>['data'];
export type Erasure = z.infer<typeof erasureSchema>;
