/** `gatehouse administrators`: the people who administer the whole installation, by their login to the operator console. */
import { createAdministratorCalls } from '@gatehouse/api-client/auth-api';
import { administrator } from '@gatehouse/contracts/resources';
import { passwordWay } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { type PlaceOption, personArgument, personOf } from '../input/person.ts';
import type { Session } from '../session.ts';
import { resourceCommands } from './resource-command.ts';

export function administratorCommands(program: Command, cli: Cli): void {
  const administrators = program
    .command('administrators')
    .description('people who administer everything at the operator console: list, add, remove');
  const api = (session: Session) => createAdministratorCalls(session.authApi);
  const commands = resourceCommands(administrators, cli, {
    resource: administrator,
    calls: api,
    argument: ['<sub>', 'as `gatehouse administrators list` shows it'],
  });

  commands.list({
    description: 'who is an installation administrator, and since when',
    rows: (calls) => calls.list(),
    columns: {
      sub: 'sub',
      name: 'name',
      'contact centre': ({ contactCenterId }) => contactCenterId ?? 'not known: gives no right',
      'way of sign-in': ({ way }) => way ?? 'not known: gives no right',
      since: 'addedAt',
      'added by': 'addedBy',
      note: 'note',
    },
    hidden: ['user', 'contactCenter', 'way'],
    none: 'There are no installation administrators: only the operator account and managing clients administer everything.',
  });
  personArgument(
    administrators.command('add').description('let a person administer everything, within a second'),
  )
    .option(
      '--way <way>',
      'the way of sign-in that counts: password, or "oidc ISSUER" or "saml ENTITY-ID"',
      passwordWay,
    )
    .option('--note <text>', 'why, such as the number of a ticket')
    .action(
      cli.action<PlaceOption & { way: string; note?: string }, [string]>(async (session, options, user) => {
        const { contactCenter, way, note } = options;
        await session.sure(`Let ${user} administer the whole installation?`);
        const named = await personOf(session, user, contactCenter);
        const added = await api(session).add({ ...named, way, ...(note === undefined ? {} : { note }) });
        session.output.done(`${added.name} is an installation administrator.`, added);
      }),
    );

  commands.remove({
    name: 'remove',
    description: 'take a person off the list; their tokens lose the right within a second',
    confirmation: (_calls, sub) => `Take ${sub} off the list of installation administrators?`,
    remove: (calls, sub) => calls.remove(sub),
    done: (sub) => `${sub} is no installation administrator any more.`,
  });
}
