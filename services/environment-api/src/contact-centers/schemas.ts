/** Checks bodies and queries of `/contact-centers`. */

import { nextCursorSchema, wrapped } from '@gatehouse/contracts/envelope';
import { contactCenterSchema } from '@gatehouse/contracts/environment-administration/contact-centers';
import {
  contactCenterChangeSchema,
  newContactCenterSchema,
} from '@gatehouse/contracts/resources/contact-center';
import { idSchema } from '@gatehouse/contracts/scalar';
import { label } from '@gatehouse/contracts/text';
import { pageQuery } from '@gatehouse/service-kit/http';
import { z } from 'zod';

export const createContactCenterBody = wrapped(newContactCenterSchema);
export const changeContactCenterBody = wrapped(contactCenterChangeSchema);

export const contactCenterListQuery = z.object({
  ...pageQuery(),
  environmentId: idSchema.optional().describe('Only those of this environment.'),
  domain: label().optional().describe('Only the one with this domain, in any case.'),
  search: label().optional().describe('Only those with this text in their name or in a domain, in any case.'),
});

export const contactCenterList = { data: z.array(contactCenterSchema), nextCursor: nextCursorSchema };

export type NewContactCenter = z.output<typeof newContactCenterSchema>;
export type ContactCenterPatch = z.output<typeof contactCenterChangeSchema>;
