/** `gatehouse env`: environments with their Configuration Servers or LDAP settings. */
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api/environments';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type {
  ConfigServer,
  Environment,
} from '@gatehouse/contracts/environment-api/administration/environments';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { type FieldOption, fieldOptions, idField, list, requireFields } from '../../input/fields.ts';
import type { Session } from '../../session.ts';
import { ldapFields, ldapLines, ldapPlaces, nested } from './ldap.ts';
import {
  bindPasswordOption,
  type PasswordOption,
  passwordOption,
  withAccount,
  withPassword,
} from './password.ts';
import { placeOf, serverOf } from './place.ts';
import { serverCommands } from './servers.ts';

const environmentFields: readonly FieldOption[] = [
  {
    flags: '--directory <kind>',
    description: 'where the people are: configServer, ldap or people; stays for good',
  },
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
    flags: '--servers <host:port>',
    field: 'configServers',
    description: 'its Configuration Servers, separated by commas; a backup behind a slash: a:8888/b:8888',
    read: (text) => list(text).map(serverOf),
  },
  ...ldapFields,
];

export function environmentCommands(program: Command, cli: Cli): void {
  const env = program
    .command('env')
    .description('environments with their Configuration Servers, LDAP directory or people store');
  const api = (session: Session) => createEnvironmentAdministration(session.environmentApi);

  env
    .command('list')
    .description('all environments')
    .option(
      '--search <text>',
      'only those with this text in a server address, the tenant, the application or a base of LDAP',
    )
    .option('--ids <ids>', 'only these, separated by commas; at most 100')
    .action(
      cli.action<{ search?: string; ids?: string }>(async (session, { search, ids }) => {
        session.output.rows(
          await api(session).list(definedOnly({ search, ids })),
          [
            { title: 'id', value: (row) => row.id },
            { title: 'directory', value: (row) => row.directory },
            { title: 'tenant', value: (row) => row.tenant },
            { title: 'tls', value: (row) => row.tlsEnabled },
            { title: 'servers', value: serversOf },
          ],
          'There are no environments.',
        );
      }),
    );

  env
    .command('show')
    .description('one environment; its passwords are never shown')
    .argument('<id>')
    .action(
      cli.action<object, [string]>(async (session, _options, id) => {
        show(session, await api(session).read(id));
      }),
    );

  const create = env
    .command('create')
    .description('create an environment; the password of its account is asked for');
  fieldOptions(create, [idField, ...environmentFields])
    .option(...passwordOption)
    .option(...bindPasswordOption)
    .action(
      cli.action<PasswordOption>(async (session, options) => {
        const fields = nested(await withPassword(session, options, [idField, ...environmentFields]));
        const written = await api(session).create(await withAccount(session, fields));
        session.output.written(`Environment ${written.data.id} is created.`, written);
      }),
    );

  const update = env.command('update').description('change what is given; the rest stays').argument('<id>');
  fieldOptions(update, environmentFields)
    .option(...passwordOption)
    .option(...bindPasswordOption)
    .action(
      cli.action<PasswordOption, [string]>(async (session, options, id) => {
        const fields = nested(requireFields(await withPassword(session, options, environmentFields)));
        const written = await api(session).change(id, fields);
        session.output.written(`Environment ${written.data.id} is changed.`, written);
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

  serverCommands(env, cli);
}

function show({ output }: Session, environment: Environment): void {
  const { configServers, tls, ldap, ...rest } = environment;
  output.record(environment, [
    ...Object.entries(rest),
    ...(ldap ? ldapLines(ldap) : []),
    ['tls', tls && Object.keys(tls)],
    ...configServers.map((server) => [`server ${server.id}`, serverLine(server)] as const),
  ]);
}

function serverLine(server: ConfigServer): string {
  const { readOnly, locations } = server;
  return [placeOf(server), ...(readOnly ? ['read only'] : []), locations.join(' ')].join(', ');
}

function serversOf({ configServers, consulService, srvRecord, ldap }: Environment): string {
  const registry = consulService ? `Consul ${consulService}` : srvRecord ? `DNS ${srvRecord}` : undefined;
  return [...(registry ? [registry] : []), ...configServers.map(placeOf), ...ldapPlaces(ldap)].join(', ');
}
