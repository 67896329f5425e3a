/** Checks bodies and queries of `/contact-centers`. */

import { nextCursorSchema, totalFields, wrapped } from '@gatehouse/contracts/answers';
import { contactCenterSchema } from '@gatehouse/contracts/environment-administration';
import { contactCenterChangeSchema, newContactCenterSchema } from '@gatehouse/contracts/resources';
import { idSchema, label } from '@gatehouse/contracts/values';
import { countQuery, pageQuery, sortQuery } from '@gatehouse/service-kit/http';
import { z } from 'zod';

export const createContactCenterBody = wrapped(newContactCenterSchema);
export const changeContactCenterBody = wrapped(contactCenterChangeSchema);

export const contactCenterListQuery = z.object({
  ...pageQuery(),
  ...countQuery,
  ...sortQuery,
  environmentId: idSchema.optional().describe('Only those of this environment.'),
  domain: label().optional().describe('Only the one with this domain, in any case.'),
  search: label().optional().describe('Only those with this text in their name or in a domain, in any case.'),
});

export const contactCenterList = {
  data: z.array(contactCenterSchema),
  nextCursor: nextCursorSchema,
  ...totalFields,
};

export type NewContactCenter = z.output<typeof newContactCenterSchema>;
export type ContactCenterPatch = z.output<typeof contactCenterChangeSchema>;
