/** `gatehouse console`: the way into the operator console for the operator account. */
import { createConsoleLink } from '@gatehouse/api-client/auth-api';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';

export function consoleCommands(program: Command, cli: Cli): void {
  const group = program.command('console').description('the operator console in the browser');

  group
    .command('open')
    .description(
      'print a link that signs the operator in to the console: once, within 60 seconds, for 15 minutes',
    )
    .action(
      cli.action(async (session) => {
        if (session.credentials !== 'operator')
          throw new UsageError(
            'A link to the console is for the operator account alone: give its credentials by gatehouse profile add NAME --username ops, or GATEHOUSE_USERNAME and GATEHOUSE_PASSWORD',
          );
        const link = await createConsoleLink(session.authApi);
        session.output.text(link, `${link.url}\n`);
        session.output.note(
          'Open the link in your browser within 60 seconds and confirm. It works once, and whoever has it is the operator for 15 minutes: send it to nobody.',
        );
      }),
    );
}
