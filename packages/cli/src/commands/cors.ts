/** `gatehouse cors`: the origins whose pages may call the APIs. */
import { createCorsAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import type { Session } from '../session.ts';

export function corsCommands(program: Command, cli: Cli): void {
  const cors = program.command('cors').description('origins whose pages may call');
  const api = (session: Session) => createCorsAdministration(session.environmentApi);

  cors
    .command('list')
    .description('allowed origins; those of registered clients are allowed without an entry')
    .option('--cc <id>', 'only those of this contact centre')
    .action(
      cli.action<{ cc?: string }>(async (session, { cc }) => {
        session.output.rows(
          await api(session).list(cc),
          [
            { title: 'origin', value: (row) => row.origin },
            { title: 'location', value: (row) => row.location },
            { title: 'contact centre', value: (row) => row.contactCenterId },
          ],
          'No origins are stored.',
        );
      }),
    );

  cors
    .command('add')
    .description('allow an origin, such as https://desktop.example.com')
    .argument('<origin>')
    .requiredOption('--cc <id>', 'contact centre whose application it is')
    .action(
      cli.action<{ cc: string }, [string]>(async (session, { cc }, origin) => {
        await api(session).add(cc, origin);
        session.output.done(`Pages of ${origin} may call.`);
      }),
    );

  cors
    .command('remove')
    .description('withdraw an origin')
    .argument('<origin>')
    .requiredOption('--cc <id>', 'contact centre where it is given')
    .action(
      cli.action<{ cc: string }, [string]>(async (session, { cc }, origin) => {
        await session.sure(`Withdraw ${origin}?`);
        await api(session).remove(cc, origin);
        session.output.done(`${origin} is withdrawn.`);
      }),
    );
}
