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
import { idSchema, list } from '../values/scalar.ts';
import { label } from '../values/text.ts';

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
      help: 'A UUID of your choice, such as the one that it had elsewhere. Without it Gatehouse chooses one.',
      group: 'names',
      isFixed: true,
      isColumn: true,
    }),
    environmentId: field(idSchema, {
      label: 'Environment',
      help: 'Where its people are.',
      reference: 'environment',
      group: 'people',
      isColumn: true,
    }),
    domains: field(domainsField, {
      label: 'Tenant names',
      help: 'One on each line, as people type it when they sign in. A name belongs to one contact centre only.',
      group: 'names',
      isColumn: true,
    }),
    name: field(label().optional(), {
      label: 'Name',
      help: 'The first tenant name, if you leave it empty.',
      group: 'names',
      isColumn: true,
    }),
    auth: field(
      z.enum(contactCenterAuthSchema.options, { error: 'must be "configServer"' }).default('configServer'),
      { label: 'Authentication', help: 'How its people prove who they are.', group: 'people' },
    ),
    membership: field(membership.optional(), {
      label: 'Its people',
      help: 'In an environment of its own everybody belongs to it; where contact centres share one, say whose people are whose. When fewer people belong to it, everybody of the contact centre signs in again. Only administrators of the installation change it.',
      group: 'people',
    }),
    status: field(
      z
        .enum(contactCenterStatusSchema.options, { error: 'must be "active" or "disabled"' })
        .default('active'),
      {
        label: 'Status',
        help: 'A disabled contact centre keeps what it has. Nobody can sign in to it.',
        group: 'names',
        isColumn: true,
      },
    ),
    subjectScope: field(
      z.enum(subjectScopeSchema.options, { error: 'must be "environment" or "contactCenter"' }).optional(),
      {
        label: 'Subject of a person',
        help: 'Whether its people have a `sub` of their own here, or the same one in every contact centre of the environment that says so. A change gives its people another `sub`.',
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
