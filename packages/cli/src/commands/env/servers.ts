/** `gatehouse env add-server|update-server|remove-server`: the Configuration Servers of an environment. */
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api';
import type { ConfigServerChange, NewConfigServer } from '@gatehouse/contracts/resources';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { fieldOptions, fieldsOf, requireFields } from '../../input/fields.ts';
import { environmentOf } from '../../input/named.ts';
import { serverFields } from './fields.ts';
import { askPassword, type PasswordOption, passwordOf, passwordOption } from './password.ts';
import { serverOf, serverText } from './server-text.ts';

export function serverCommands(env: Command, cli: Cli): void {
  const add = fieldOptions(
    env
      .command('add-server')
      .description('add a Configuration Server; the password of the service account goes with its address')
      .argument('<environment>', 'its name or id')
      .argument('<host:port>', 'a backup behind a slash'),
    serverFields,
  );
  passwordOption(add).action(
    cli.action<PasswordOption, [string, string]>(async (session, options, environment, place) => {
      const id = await environmentOf(session, environment);
      const fields = await fieldsOf<NewConfigServer>(session, options, serverFields);
      const given = { ...fields, ...(await passwordOf(session, options)), ...serverOf(place) };
      given.password ??= await askPassword(session);
      const written = await createEnvironmentAdministration(session.environmentApi).addServer(id, given);
      session.output.written(`Server ${written.data.id} (${serverText(written.data)}) is added.`, written);
    }),
  );

  const update = fieldOptions(
    env
      .command('update-server')
      .description('change a Configuration Server')
      .argument('<environment>', 'its name or id')
      .argument('<server-id>')
      .option('--address <host:port>', 'a backup behind a slash'),
    serverFields,
  );
  passwordOption(update).action(
    cli.action<PasswordOption & { address?: string }, [string, string]>(
      async (session, options, environment, serverId) => {
        const id = await environmentOf(session, environment);
        const { address } = options;
        const fields = await fieldsOf<ConfigServerChange>(session, options, serverFields);
        const place = address === undefined ? {} : serverOf(address);
        const given = requireFields({ ...fields, ...(await passwordOf(session, options)), ...place });
        if (address !== undefined) given.password ??= await askPassword(session);
        const api = createEnvironmentAdministration(session.environmentApi);
        const written = await api.changeServer(id, serverId, given);
        session.output.written(
          `Server ${written.data.id} (${serverText(written.data)}) is changed.`,
          written,
        );
      },
    ),
  );

  env
    .command('remove-server')
    .description('remove a Configuration Server')
    .argument('<environment>', 'its name or id')
    .argument('<server-id>')
    .action(
      cli.action<object, [string, string]>(async (session, _options, environment, serverId) => {
        const id = await environmentOf(session, environment);
        await session.sure(`Remove server ${serverId} of the environment ${environment}?`);
        await createEnvironmentAdministration(session.environmentApi).removeServer(id, serverId);
        session.output.done(`Server ${serverId} is removed.`);
      }),
    );
}
