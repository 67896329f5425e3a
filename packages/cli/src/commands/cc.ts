/** `gatehouse cc`: contact centres. */

import {
  type ContactCenterFilter,
  createContactCenterAdministration,
} from '@gatehouse/api-client/environment-api/contact-centers';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { type FieldOption, fieldOptions, fieldsOf, idField, list, requireFields } from '../input/fields.ts';
import type { Session } from '../session.ts';
import { ccEndsCommand } from './cc-ends.ts';
import { ccSubjectsCommand } from './cc-subjects.ts';

const fields: readonly FieldOption[] = [
  {
    flags: '--environment <id>',
    field: 'environmentId',
    description: 'where its users are: an environment of any directory',
  },
  { flags: '--domains <names>', description: 'tenant names typed at login, separated by commas', read: list },
  { flags: '--name <name>', description: 'its name; the first domain without it' },
  {
    flags: '--members <rule>',
    field: 'membership',
    description:
      'which people of the environment are its own: all, or tenant=, folder=, accessGroup= or organizationalUnit= and names, separated by semicolons',
    read: membershipOf,
  },
  { flags: '--status <status>', description: 'active, or disabled: nobody signs in to it' },
];

/** Names of entries have commas, so semicolons separate. */
function membershipOf(text: string): { by: string; names: string[] } {
  const equals = text.indexOf('=');
  if (equals === -1) return { by: text, names: [] };
  const names = text.slice(equals + 1).split(';');
  return { by: text.slice(0, equals).trim(), names: names.map((name) => name.trim()) };
}

export function contactCenterCommands(program: Command, cli: Cli): void {
  const cc = program.command('cc').description('contact centres');
  const api = (session: Session) => createContactCenterAdministration(session.environmentApi);

  cc.command('list')
    .description('all contact centres')
    .option('--search <text>', 'only those with this text in their name or in a domain')
    .option('--domain <name>', 'only the one with this domain')
    .option('--environment <id>', 'only those of this environment')
    .action(
      cli.action<Omit<ContactCenterFilter, 'environmentId'> & { environment?: string }>(
        async (session, options) => {
          const { search, domain, environment: environmentId } = options;
          session.output.rows(
            await api(session).list(definedOnly({ search, domain, environmentId })),
            [
              { title: 'id', value: (row) => row.id },
              { title: 'name', value: (row) => row.name },
              { title: 'status', value: (row) => row.status },
              { title: 'domains', value: (row) => row.domains },
              { title: 'environment', value: (row) => row.environmentId },
            ],
            'There are no contact centres.',
          );
        },
      ),
    );

  cc.command('show')
    .description('one contact centre')
    .argument('<id>')
    .action(
      cli.action<object, [string]>(async (session, _options, id) => {
        const center = await api(session).read(id);
        session.output.record(center, Object.entries(center));
      }),
    );

  fieldOptions(cc.command('create').description('create a contact centre'), [idField, ...fields]).action(
    cli.action(async (session, options) => {
      const center = await api(session).create(await fieldsOf(session, options, [idField, ...fields]));
      session.output.done(`Contact centre ${center.id} is created.`, center);
    }),
  );

  fieldOptions(
    cc.command('update').description('change what is given; the rest stays').argument('<id>'),
    fields,
  ).action(
    cli.action<object, [string]>(async (session, options, id) => {
      const center = await api(session).change(id, requireFields(await fieldsOf(session, options, fields)));
      session.output.done(`Contact centre ${center.id} is changed.`, center);
    }),
  );

  ccEndsCommand(cc, cli);
  ccSubjectsCommand(cc, cli);

  cc.command('delete')
    .description('delete a contact centre with its settings and keys')
    .argument('<id>')
    .action(
      cli.action<object, [string]>(async (session, _options, id) => {
        const { name } = await api(session).read(id);
        await session.sure(`Delete the contact centre ${JSON.stringify(name)} with its settings and keys?`);
        await api(session).remove(id);
        session.output.done(`Contact centre ${id} is deleted.`);
      }),
    );
}
