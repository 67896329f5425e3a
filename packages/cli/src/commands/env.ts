/** `gatehouse env`: environments with their Configuration Servers. */
import type { Written } from '@gatehouse/contracts/environment-api/administration/calls';
import {
  type ConfigServer,
  createEnvironmentAdministration,
  type Environment,
} from '@gatehouse/contracts/environment-api/administration/environments';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { type FieldOption, fieldOptions, fieldsOf, list } from '../input/fields.ts';
import { readSecretFile } from '../input/file.ts';
import type { Session } from '../session.ts';
import { askSecret } from '../terminal/questions.ts';

const environmentFields: readonly FieldOption[] = [
  { flags: '--username <name>', description: 'service account at the Configuration Server' },
  { flags: '--tenant <name>', description: 'tenant on the Configuration Server' },
  { flags: '--app-name <name>', description: 'application object on the Configuration Server' },
  { flags: '--local-timeout <seconds>', description: 'keep-alive time here; 0 = off' },
  { flags: '--remote-timeout <seconds>', description: 'keep-alive time there; 0 = off' },
  { flags: '--trace-mode <mode>', description: 'off, local, remote or both' },
  { flags: '--tls-enabled <flag>', description: 'false permits plaintext to its servers' },
  { flags: '--consul-service <name>', description: 'service in Consul that lists its servers' },
  { flags: '--srv-record <name>', description: 'DNS SRV record that lists its servers' },
  {
    flags: '--server <host:port>',
    field: 'configServers',
    description: 'its Configuration Servers, separated by commas; a backup behind a slash: a:8888/b:8888',
    read: (text) => list(text).map(serverOf),
  },
];

const serverFields: readonly FieldOption[] = [
  { flags: '--read-only <flag>', description: 'it takes no password changes' },
  { flags: '--locations <paths>', description: 'locations it serves, separated by commas', read: list },
];

interface PasswordOptions {
  passwordFile?: string;
  [option: string]: unknown;
}

export function environmentCommands(program: Command, cli: Cli): void {
  const env = program.command('env').description('environments with their Configuration Servers');
  const api = (session: Session) => createEnvironmentAdministration(session.environmentApi);
  const passwordOption = [
    '--password-file <path>',
    'read the password of the service account; - for standard input',
  ] as const;

  env
    .command('list')
    .description('all environments')
    .option('--search <text>', 'only those with this text in a server address, the tenant or the application')
    .action(
      cli.action<{ search?: string }>(async (session, { search }) => {
        session.output.rows(
          await api(session).list(search),
          [
            { title: 'id', value: (row) => row.id },
            { title: 'tenant', value: (row) => row.tenant },
            { title: 'tls', value: (row) => row.tlsEnabled },
            { title: 'servers', value: (row) => serversOf(row) },
          ],
          'There are no environments.',
        );
      }),
    );

  env
    .command('show')
    .description('one environment; its password is never shown')
    .argument('<id>')
    .action(
      cli.action<object, [string]>(async (session, _options, id) => {
        show(session, await api(session).read(id));
      }),
    );

  fieldOptions(
    env
      .command('create')
      .description('create an environment; the password is asked for')
      .option('--id <uuid>', 'chosen by you'),
    environmentFields,
  )
    .option(...passwordOption)
    .action(
      cli.action<PasswordOptions>(async (session, options) => {
        const fields = await fieldsOf(session, options, [
          { flags: '--id', description: '' },
          ...environmentFields,
        ]);
        const password = await passwordOf(session, options);
        if (password !== undefined) fields['password'] = password;
        fields['password'] ??= await askSecret(
          session.terminal,
          'The password of the service account',
          '--password-file names a file that holds it',
        );
        const { data, warnings } = await api(session).create(fields);
        written(session, `Environment ${data.id} is created.`, { data, warnings });
      }),
    );

  fieldOptions(
    env.command('update').description('change what is given; the rest stays').argument('<id>'),
    environmentFields,
  )
    .option(...passwordOption)
    .action(
      cli.action<PasswordOptions, [string]>(async (session, options, id) => {
        const fields = await fieldsOf(session, options, environmentFields);
        const password = await passwordOf(session, options);
        if (password !== undefined) fields['password'] = password;
        requireFields(fields);
        const { data, warnings } = await api(session).change(id, fields);
        written(session, `Environment ${data.id} is changed.`, { data, warnings });
      }),
    );

  env
    .command('delete')
    .description('delete an environment that no contact centre uses')
    .argument('<id>')
    .action(
      cli.action<object, [string]>(async (session, _options, id) => {
        await session.sure(`Delete environment ${id}?`);
        await api(session).remove(id);
        session.output.done(`Environment ${id} is deleted.`);
      }),
    );

  fieldOptions(
    env
      .command('add-server')
      .description('add a Configuration Server')
      .argument('<id>')
      .argument('<host:port>', 'a backup behind a slash'),
    serverFields,
  ).action(
    cli.action<Record<string, unknown>, [string, string]>(async (session, options, id, place) => {
      const fields = { ...(await fieldsOf(session, options, serverFields)), ...serverOf(place) };
      const { data, warnings } = await api(session).addServer(id, fields);
      written(session, `Server ${data.id} (${placeOf(data)}) is added.`, { data, warnings });
    }),
  );

  fieldOptions(
    env
      .command('update-server')
      .description('change a Configuration Server')
      .argument('<id>')
      .argument('<server-id>')
      .option('--address <host:port>', 'a backup behind a slash'),
    serverFields,
  ).action(
    cli.action<Record<string, unknown> & { address?: string }, [string, string]>(
      async (session, options, id, serverId) => {
        const { address } = options;
        const fields = {
          ...(await fieldsOf(session, options, serverFields)),
          ...(address === undefined ? {} : serverOf(address)),
        };
        requireFields(fields);
        const { data, warnings } = await api(session).changeServer(id, serverId, fields);
        written(session, `Server ${data.id} (${placeOf(data)}) is changed.`, { data, warnings });
      },
    ),
  );

  env
    .command('remove-server')
    .description('remove a Configuration Server')
    .argument('<id>')
    .argument('<server-id>')
    .action(
      cli.action<object, [string, string]>(async (session, _options, id, serverId) => {
        await session.sure(`Remove server ${serverId} of environment ${id}?`);
        await api(session).removeServer(id, serverId);
        session.output.done(`Server ${serverId} is removed.`);
      }),
    );
}

function written({ output }: Session, sentence: string, { data, warnings }: Written<unknown>): void {
  for (const { field, message } of warnings) output.note(`Warning: ${field}: ${message}`);
  output.done(sentence, data);
}

async function passwordOf(
  { terminal }: Session,
  { passwordFile }: PasswordOptions,
): Promise<string | undefined> {
  return passwordFile === undefined ? undefined : readSecretFile(terminal, passwordFile, 'The password');
}

function requireFields(fields: object): void {
  if (Object.keys(fields).length === 0) throw new UsageError('Nothing is given to change: see --help');
}

function show({ output }: Session, environment: Environment): void {
  const { configServers, tls, ...rest } = environment;
  output.record(environment, [
    ...Object.entries(rest),
    ['tls', tls && Object.keys(tls)],
    ...configServers.map((server) => [`server ${server.id}`, serverLine(server)] as const),
  ]);
}

function serverLine(server: ConfigServer): string {
  return [placeOf(server), server.readOnly ? 'read only' : '', server.locations.join(' ')]
    .filter(Boolean)
    .join(', ');
}

function serversOf({ configServers, consulService, srvRecord }: Environment): string {
  const registry = consulService ? `Consul ${consulService}` : srvRecord ? `DNS ${srvRecord}` : undefined;
  return [...(registry ? [registry] : []), ...configServers.map(placeOf)].join(', ');
}

function placeOf({ primaryAddress, primaryPort, backupAddress, backupPort }: ConfigServer): string {
  const backup = backupAddress === undefined ? '' : `/${address(backupAddress, backupPort)}`;
  return address(primaryAddress, primaryPort) + backup;
}

function address(host: string, port: number | undefined): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function serverOf(text: string): Record<string, string> {
  const [primary = '', backup] = text.split('/');
  const [primaryAddress, primaryPort] = hostAndPort(primary);
  if (backup === undefined) return { primaryAddress, primaryPort };
  const [backupAddress, backupPort] = hostAndPort(backup);
  return { primaryAddress, primaryPort, backupAddress, backupPort };
}

function hostAndPort(text: string): [host: string, port: string] {
  const match = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(text);
  if (!match)
    throw new UsageError(`${JSON.stringify(text)} must be host:port, such as config-1.example.com:8888`);
  return [match[1] ?? '', match[2] ?? ''];
}
