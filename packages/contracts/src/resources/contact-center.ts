/** Describes a contact centre: what administrators send, and what is told about each field. */
import { z } from 'zod';
import {
  contactCenterAuthSchema,
  contactCenterStatusSchema,
  subjectScopeSchema,
} from '../environment-api/contact-center.ts';
import { distinguishedName, nameProblem } from '../environment-api/distinguished-name.ts';
import { domainsField } from '../environment-api/domain.ts';
import { type Membership, membershipKinds } from '../environment-api/membership.ts';
import { field } from '../resource/field.ts';
import { changeShape } from '../resource/resource.ts';
import { idSchema, list } from '../scalar.ts';
import { label } from '../text.ts';

const maxNames = 50;
const quotedKinds = membershipKinds.map((kind) => JSON.stringify(kind)).join(', ');

const membership = z
  .object({
    by: z.enum(membershipKinds, { error: `must be one of ${quotedKinds}` }),
    names: list(label(1024), maxNames, 'must be a list of names')
      .transform((names) => [...new Set(names.map((name) => name.trim()))])
      .default([]),
  })
  .superRefine(({ by, names }, context) => {
    for (const problem of namesProblems(by, names)) context.addIssue({ code: 'custom', ...problem });
  });

function namesProblems(by: Membership['by'], names: readonly string[]) {
  if (by === 'all')
    return names.length === 0
      ? []
      : [{ path: ['names'], message: 'must be left out where everybody belongs' }];
  if (names.length === 0)
    return [{ path: ['names'], message: `must hold at least one name: ${examples[by]}` }];
  const isWrong = (name: string) =>
    name === '' || (by === 'organizationalUnit' && !distinguishedName.test(name));
  return names.flatMap((name, index) =>
    isWrong(name)
      ? [{ path: ['names', index], message: name === '' ? 'must not be empty' : nameProblem }]
      : [],
  );
}

const examples: Record<Exclude<Membership['by'], 'all'>, string> = {
  tenant: 'names of tenants of the Configuration Server, such as Nordic',
  folder: 'names of folders from the top, such as Persons/Nordic',
  accessGroup: 'names of access groups, such as Nordic agents',
  organizationalUnit: 'distinguished names, such as ou=nordic,dc=example,dc=com',
};

export const contactCenter = {
  name: 'contactCenter',
  fields: {
    id: field(idSchema.optional(), {
      label: 'Identifier',
      help: 'Chosen by the caller, or left to us.',
      group: 'names',
      isFixed: true,
      isColumn: true,
    }),
    environmentId: field(idSchema, {
      label: 'Environment',
      help: 'The environment where its users are.',
      group: 'people',
      isColumn: true,
    }),
    domains: field(domainsField, {
      label: 'Tenant names',
      help: 'What people type at login, each of one contact centre.',
      group: 'names',
      isColumn: true,
    }),
    name: field(label().optional(), {
      label: 'Name',
      help: 'The first domain when absent.',
      group: 'names',
      isColumn: true,
    }),
    auth: field(
      z.enum(contactCenterAuthSchema.options, { error: 'must be "configServer"' }).default('configServer'),
      { label: 'Authentication', help: 'How its people prove who they are.', group: 'people' },
    ),
    membership: field(membership.optional(), {
      label: 'Its people',
      help: 'Which people of the environment are its own: all, or those of these tenants, in these folders, in these access groups, or below these entries of the directory. Only callers for the whole installation change it.',
      group: 'people',
    }),
    status: field(
      z
        .enum(contactCenterStatusSchema.options, { error: 'must be "active" or "disabled"' })
        .default('active'),
      { label: 'Status', help: '`disabled`: nobody signs in to it.', group: 'names', isColumn: true },
    ),
    subjectScope: field(
      z.enum(subjectScopeSchema.options, { error: 'must be "environment" or "contactCenter"' }).optional(),
      {
        label: 'Subject of a person',
        help: '`environment`: its people have the same `sub` in every contact centre of the environment that says so. `contactCenter`: a `sub` of their own here.',
        group: 'people',
      },
    ),
  },
};

export const newContactCenterSchema = z.object(contactCenter.fields);
export const contactCenterChangeSchema = z.object(changeShape(contactCenter));

/** As it is sent. */
export type NewContactCenter = z.input<typeof newContactCenterSchema>;
export type ContactCenterChange = z.input<typeof contactCenterChangeSchema>;
