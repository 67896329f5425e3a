/** `gatehouse cors`: the origins whose pages may call the APIs. */
import { createCorsAdministration } from '@gatehouse/api-client/environment-api';
import { origin } from '@gatehouse/contracts/resources';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import type { Session } from '../session.ts';
import { resourceCommands } from './resource-command.ts';

export function corsCommands(program: Command, cli: Cli): void {
  const cors = program.command('cors').description('origins whose pages may call');
  const api = (session: Session) => createCorsAdministration(session.environmentApi);
  const commands = resourceCommands(cors, cli, {
    resource: origin,
    calls: api,
    argument: ['<origin>'],
  });

  commands.list({
    description: 'allowed origins; those of registered clients are allowed without an entry',
    options: (command) => command.option('--cc <id>', 'only those of this contact centre'),
    rows: (calls, { cc }: { cc?: string }) => calls.list(cc),
    columns: { origin: 'origin', location: 'location', 'contact centre': 'contactCenterId' },
    none: 'No origins are stored.',
  });
  cors
    .command('add <origin>')
    .description('allow an origin, such as https://desktop.example.com')
    .requiredOption('--cc <id>', 'contact centre whose application it is')
    .action(
      cli.action<{ cc: string }, [string]>(async (session, { cc }, origin) => {
        await api(session).add(cc, origin);
        session.output.done(`Pages of ${origin} may call.`);
      }),
    );
  commands.remove({
    name: 'remove',
    description: 'withdraw an origin',
    options: (command) => command.requiredOption('--cc <id>', 'contact centre where it is given'),
    confirmation: (_calls, origin) => `Withdraw ${origin}?`,
    remove: (calls, origin, { cc }: { cc: string }) => calls.remove(cc, origin),
    done: (origin) => `${origin} is withdrawn.`,
  });
}
