/** `gatehouse env add-server|update-server|remove-server`: the Configuration Servers of an environment. */
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api/environments';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { type FieldOption, fieldOptions, list, requireFields } from '../../input/fields.ts';
import { askPassword, type PasswordOption, passwordOption, withPassword } from './password.ts';
import { placeOf, serverOf } from './place.ts';

const serverFields: readonly FieldOption[] = [
  { flags: '--read-only <flag>', description: 'it takes no password changes' },
  { flags: '--locations <paths>', description: 'locations it serves, separated by commas', read: list },
];

export function serverCommands(env: Command, cli: Cli): void {
  fieldOptions(
    env
      .command('add-server')
      .description('add a Configuration Server; the password of the service account goes with its address')
      .argument('<id>', 'of the environment')
      .argument('<host:port>', 'a backup behind a slash'),
    serverFields,
  )
    .option(...passwordOption)
    .action(
      cli.action<PasswordOption, [string, string]>(async (session, options, id, place) => {
        const fields = { ...(await withPassword(session, options, serverFields)), ...serverOf(place) };
        fields['password'] ??= await askPassword(session);
        const written = await createEnvironmentAdministration(session.environmentApi).addServer(id, fields);
        session.output.written(`Server ${written.data.id} (${placeOf(written.data)}) is added.`, written);
      }),
    );

  fieldOptions(
    env
      .command('update-server')
      .description('change a Configuration Server')
      .argument('<id>', 'of the environment')
      .argument('<server-id>')
      .option('--address <host:port>', 'a backup behind a slash'),
    serverFields,
  )
    .option(...passwordOption)
    .action(
      cli.action<PasswordOption & { address?: string }, [string, string]>(
        async (session, options, id, serverId) => {
          const place = options.address === undefined ? {} : serverOf(options.address);
          const fields = requireFields({ ...(await withPassword(session, options, serverFields)), ...place });
          if (options.address !== undefined) fields['password'] ??= await askPassword(session);
          const api = createEnvironmentAdministration(session.environmentApi);
          const written = await api.changeServer(id, serverId, fields);
          session.output.written(`Server ${written.data.id} (${placeOf(written.data)}) is changed.`, written);
        },
      ),
    );

  env
    .command('remove-server')
    .description('remove a Configuration Server')
    .argument('<id>', 'of the environment')
    .argument('<server-id>')
    .action(
      cli.action<object, [string, string]>(async (session, _options, id, serverId) => {
        await session.sure(`Remove server ${serverId} of environment ${id}?`);
        await createEnvironmentAdministration(session.environmentApi).removeServer(id, serverId);
        session.output.done(`Server ${serverId} is removed.`);
      }),
    );
}
