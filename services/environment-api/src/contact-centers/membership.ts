/** Checks which people of an environment a contact centre may name as its own, and tells when fewer are left. */
import type { Directory } from '@gatehouse/contracts/environment-api/directory';
import {
  type Membership,
  membershipKinds,
  membershipKindsOf,
} from '@gatehouse/contracts/environment-api/membership';
import { label } from '@gatehouse/contracts/text';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import { z } from 'zod';
import { distinguishedName, nameProblem } from '../environments/ldap.ts';
import { list } from '../fields/list.ts';

const maxNames = 50;
const quotedKinds = membershipKinds.map((kind) => JSON.stringify(kind)).join(', ');

export const membershipField = z
  .object({
    by: z.enum(membershipKinds, { error: `must be one of ${quotedKinds}` }),
    names: list(label(1024), maxNames, 'must be a list of names')
      .transform((names) => [...new Set(names.map((name) => name.trim()))])
      .default([]),
  })
  .superRefine(({ by, names }, context) => {
    for (const problem of namesProblems(by, names)) context.addIssue({ code: 'custom', ...problem });
  })
  .describe(
    'Which people of the environment are its own: all, or those of these tenants, in these folders, in these access groups, or below these entries of the directory. Only callers for the whole installation change it.',
  );

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

const keepers: Record<Directory, string> = {
  configServer: 'Configuration Servers',
  ldap: 'an LDAP directory',
  people: 'the people store, whose people belong to this one contact centre',
};

/** @throws AppError 400 for a choice that the directory of the environment cannot answer */
export function requireAnswerable(directory: Directory, { by }: Membership): void {
  const answerable = membershipKindsOf[directory];
  if (answerable.includes(by)) return;
  throw badRequest(
    `The people of this environment are in ${keepers[directory]}: choose ${answerable.map((kind) => JSON.stringify(kind)).join(' or ')}`,
    { field: 'data.membership.by' },
  );
}

/** Whether somebody may have belonged to it before and not after. */
export function excludesSomebody(before: Membership, after: Membership): boolean {
  if (after.by === 'all') return false;
  return before.by !== after.by || before.names.some((name) => !after.names.includes(name));
}
