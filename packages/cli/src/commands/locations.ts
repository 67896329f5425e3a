/** `gatehouse locations`: where settings may be given for. */
import { createLocationAdministration } from '@gatehouse/api-client/environment-api';
import { location } from '@gatehouse/contracts/resources';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import type { Session } from '../session.ts';
import { resourceCommands } from './resource-command.ts';

export function locationCommands(program: Command, cli: Cli): void {
  const locations = program.command('locations').description('locations in use');
  const api = (session: Session) => createLocationAdministration(session.environmentApi);
  const commands = resourceCommands(locations, cli, {
    resource: location,
    calls: api,
    argument: ['<path>'],
  });

  commands.list({
    description: 'those of Configuration Servers, and declared ones',
    rows: (calls) => calls.list(),
    columns: { location: 'location', declared: 'declared' },
    none: 'There are no locations.',
  });
  locations
    .command('declare <path>')
    .description('make a location usable before a Configuration Server has it')
    .action(
      cli.action<object, [string]>(async (session, _options, path) => {
        await api(session).declare(path);
        session.output.done(`${path} is declared.`);
      }),
    );
  commands.remove({
    name: 'withdraw',
    description: 'take the declaration back',
    confirmation: (_calls, path) => `Withdraw the declaration of ${path}?`,
    remove: (calls, path) => calls.withdraw(path),
    done: (path) => `${path} is not declared any more.`,
  });
}
