/** `gatehouse locations`: where settings may be given for. */
import { createLocationAdministration } from '@gatehouse/api-client/environment-api/environments';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import type { Session } from '../session.ts';

export function locationCommands(program: Command, cli: Cli): void {
  const locations = program.command('locations').description('locations in use');
  const api = (session: Session) => createLocationAdministration(session.environmentApi);

  locations
    .command('list')
    .description('those of Configuration Servers, and declared ones')
    .action(
      cli.action(async (session) => {
        session.output.rows(
          await api(session).list(),
          [
            { title: 'location', value: (row) => row.location },
            { title: 'declared', value: (row) => row.declared },
          ],
          'There are no locations.',
        );
      }),
    );

  locations
    .command('declare')
    .description('make a location usable before a Configuration Server has it')
    .argument('<path>')
    .action(
      cli.action<object, [string]>(async (session, _options, path) => {
        await api(session).declare(path);
        session.output.done(`${path} is declared.`);
      }),
    );

  locations
    .command('withdraw')
    .description('take the declaration back')
    .argument('<path>')
    .action(
      cli.action<object, [string]>(async (session, _options, path) => {
        await session.sure(`Withdraw the declaration of ${path}?`);
        await api(session).withdraw(path);
        session.output.done(`${path} is not declared any more.`);
      }),
    );
}
