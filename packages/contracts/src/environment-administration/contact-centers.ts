/** Describes `/contact-centers`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { everybody, membershipSchema } from '../environment-api/membership.ts';
import { noSecondFactor, secondFactorSchema } from '../environment-api/second-factor.ts';
import { shownShape } from '../resource/shown.ts';
import { contactCenter } from '../resources/contact-center.ts';

const { id, environmentId, name, ...shown } = shownShape(contactCenter);

/** Fields that answers of the release before may lack. */
const absentBefore = {
  membership: membershipSchema.default(everybody).describe('Which people of the environment are its own.'),
  subjectScope: shown.subjectScope.unwrap().default('environment'),
  secondFactor: secondFactorSchema
    .default(noSecondFactor)
    .describe('Which proofs its people need besides a password.'),
};

export const contactCenterSchema = z.object({
  id: id.unwrap(),
  environmentId,
  name: name.unwrap(),
  ...shown,
  ...absentBefore,
  createdAt: z.string().describe('ISO 8601, UTC.'),
  updatedAt: z.string().describe('ISO 8601, UTC.'),
});
components.add(contactCenterSchema, { id: 'ContactCenter' });

/** Counts the things that are deleted with a contact centre, and those that stay without it. */
export const contactCenterEndsSchema = z.object({
  settings: z.int(),
  origins: z.int().describe('Pages that may call the APIs.'),
  apiKeys: z.int(),
  scimKeys: z.int().describe('Keys of programs that provision its people.'),
  singleSignOn: z.array(z.object({ protocol: z.string(), location: z.string(), enabled: z.boolean() })),
  branding: z.int().describe('Locations with a look of their own.'),
  environment: z.object({
    id: z.string(),
    contactCenters: z.int().describe('How many others use it: with none it can be deleted, too.'),
    people: z
      .int()
      .optional()
      .describe(
        'Of a people store. They stay until the environment is deleted; with no contact centre left nobody of them signs in.',
      ),
  }),
});
components.add(contactCenterEndsSchema, { id: 'ContactCenterEnds' });

export type ContactCenterEnds = z.infer<typeof contactCenterEndsSchema>;

export type ContactCenter = z.infer<typeof contactCenterSchema>;
