/** `gatehouse cc`: contact centres. */

import type { Written } from '@gatehouse/api-client/administration';
import { dryRunSecondFactor } from '@gatehouse/api-client/auth-api';
import {
  type ContactCenterFilter,
  createContactCenterAdministration,
} from '@gatehouse/api-client/environment-api';
import type { FactorPreview } from '@gatehouse/contracts/auth-administration';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import {
  type ContactCenterChange,
  contactCenter,
  type NewContactCenter,
} from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { UsageError } from '../../failure/failure.ts';
import { contactCenterOf, inEnvironment } from '../../input/named.ts';
import { optionsOf } from '../../input/options.ts';
import type { Session } from '../../session.ts';
import { resourceCommands, sortOption } from '../resource-command.ts';
import { ccEndsCommand } from './ends.ts';
import { ccFactorsCommand, printPreview, warningsOfChange } from './factors.ts';
import { ccSubjectsCommand } from './subjects.ts';

/** `subjects` changes the scope of subjects, and says first what ends. */
const fields = optionsOf(contactCenter, {
  id: ['--id <uuid>', 'chosen by you; made up without it'],
  environmentId: [
    '--environment <name>',
    'where its users are, by name or id: an environment of any directory',
  ],
  domains: ['--domains <names>', 'tenant names typed at login, separated by commas'],
  name: ['--name <name>', 'its name; the first domain without it'],
  membership: [
    '--members <rule>',
    'which people of the environment are its own: all, or tenant=, folder=, accessGroup= or organizationalUnit= and names, separated by semicolons',
    membershipOf,
  ],
  status: ['--status <status>', 'active, or disabled: nobody signs in to it'],
}).filter(({ field }) => field !== 'subjectScope');

/** Names of entries have commas, so semicolons separate. */
function membershipOf(text: string): { by: string; names: string[] } {
  const equals = text.indexOf('=');
  if (equals === -1) return { by: text, names: [] };
  const names = text.slice(equals + 1).split(';');
  return { by: text.slice(0, equals).trim(), names: names.map((name) => name.trim()) };
}

type Sent = Written<ContactCenter> | FactorPreview;

interface ListOptions extends Omit<ContactCenterFilter, 'environmentId'> {
  environment?: string;
}

export function contactCenterCommands(program: Command, cli: Cli): void {
  const cc = program.command('cc').description('contact centres');
  const commands = resourceCommands(cc, cli, {
    resource: contactCenter,
    calls: (session: Session) => ({
      ...createContactCenterAdministration(session.environmentApi),
      warnings: (id: string, body: ContactCenterChange) => warningsOfChange(session, id, body),
      tryPolicy: (id: string, { secondFactor }: ContactCenterChange) => {
        if (secondFactor !== undefined) return dryRunSecondFactor(session.authApi, id, { secondFactor });
        throw new UsageError(
          'Only the second factor can be tried: name an option of it, such as --second-factor-mode',
        );
      },
    }),
    argument: ['<contact-center>', 'its name, a domain or its id'],
    idOf: contactCenterOf,
  });
  commands.list({
    description: 'all contact centres',
    options: (command) =>
      command
        .option('--search <text>', 'only those with this text in their name or in a domain')
        .option('--domain <name>', 'only the one with this domain')
        .option('--environment <id>', 'only those of this environment')
        .addOption(sortOption()),
    rows: (calls, { search, domain, environment: environmentId, sort }: ListOptions) =>
      calls.list(definedOnly({ search, domain, environmentId, sort })),
    columns: { id: 'id', name: 'name', status: 'status', domains: 'domains', environment: 'environmentId' },
    none: 'There are no contact centres.',
  });
  commands.show({ description: 'one contact centre', read: (calls, id) => calls.read(id) });
  commands.create({
    description: 'create a contact centre',
    fields,
    body: inEnvironment,
    send: (calls, body: NewContactCenter) => calls.create(body),
    print: ({ output }, written) => output.written(`Contact centre ${written.data.id} is created.`, written),
  });
  commands.update({
    description: 'change what is given; the rest stays',
    fields: fields.filter(({ isFixed }) => !isFixed),
    body: inEnvironment,
    options: (command) =>
      command.option(
        '--dry-run',
        'store nothing: say whom the second factor that is given would keep out; exit code 1 when it locks somebody out',
      ),
    async send(calls, id, body: ContactCenterChange, { dryRun }: { dryRun?: boolean }): Promise<Sent> {
      if (dryRun) return calls.tryPolicy(id, body);
      const sent = await calls.change(id, body);
      return { ...sent, warnings: [...sent.warnings, ...(await calls.warnings(id, body))] };
    },
    print(session, sent) {
      if ('after' in sent) printPreview(session, sent);
      else session.output.written(`Contact centre ${sent.data.id} is changed.`, sent);
    },
  });
  ccFactorsCommand(cc, cli);
  ccEndsCommand(cc, cli);
  ccSubjectsCommand(cc, cli);
  commands.remove({
    description: 'delete a contact centre with its settings and keys',
    async confirmation(calls, id) {
      const { name } = await calls.read(id);
      return [`Delete the contact centre ${JSON.stringify(name)} with its settings and keys?`, name] as const;
    },
    remove: (calls, id) => calls.remove(id),
    done: (id) => `Contact centre ${id} is deleted.`,
  });
}
