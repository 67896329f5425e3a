/** Checks bodies and queries of `/contact-centers`. */

import { nextCursorSchema, wrapped } from '@gatehouse/contracts/envelope';
import { contactCenterSchema } from '@gatehouse/contracts/environment-api/administration/contact-centers';
import {
  contactCenterAuthSchema,
  contactCenterStatusSchema,
  subjectScopeSchema,
} from '@gatehouse/contracts/environment-api/contact-center';
import { label } from '@gatehouse/contracts/text';
import { pageQuery } from '@gatehouse/service-kit/http/page';
import { z } from 'zod';
import { idSchema } from '../fields/scalars.ts';
import { domainsField } from './domain.ts';
import { membershipField } from './membership.ts';

const auth = z.enum(contactCenterAuthSchema.options, { error: 'must be "configServer"' });
const status = z.enum(contactCenterStatusSchema.options, { error: 'must be "active" or "disabled"' });
const subjectScope = z
  .enum(subjectScopeSchema.options, { error: 'must be "environment" or "contactCenter"' })
  .describe(
    '`environment`: its people have the same `sub` in every contact centre of the environment that says so. `contactCenter`: a `sub` of their own here.',
  );

export const createContactCenterBody = wrapped(
  z.object({
    id: idSchema.optional().describe('Chosen by the caller, or left to us.'),
    environmentId: idSchema.describe('The environment where its users are.'),
    domains: domainsField,
    name: label().optional().describe('The first domain when absent.'),
    auth: auth.default('configServer'),
    membership: membershipField.optional(),
    status: status.default('active').describe('`disabled`: nobody signs in to it.'),
    subjectScope: subjectScope.optional(),
  }),
);

export const changeContactCenterBody = wrapped(
  z
    .object({
      environmentId: idSchema,
      domains: domainsField,
      name: label(),
      auth,
      membership: membershipField,
      status,
      subjectScope,
    })
    .partial(),
);

export const contactCenterListQuery = z.object({
  ...pageQuery(),
  environmentId: idSchema.optional().describe('Only those of this environment.'),
  domain: label().optional().describe('Only the one with this domain, in any case.'),
  search: label().optional().describe('Only those with this text in their name or in a domain, in any case.'),
});

export const contactCenterList = { data: z.array(contactCenterSchema), nextCursor: nextCursorSchema };

export type NewContactCenter = z.output<typeof createContactCenterBody>['data'];
export type ContactCenterPatch = z.output<typeof changeContactCenterBody>['data'];
