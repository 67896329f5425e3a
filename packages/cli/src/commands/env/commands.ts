/** `gatehouse env`: environments with their Configuration Servers or LDAP settings. */
import type { Written } from '@gatehouse/api-client/administration';
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api';
import type { Check, ConfigServer, Environment } from '@gatehouse/contracts/environment-administration';
import { type EnvironmentChange, environment, type NewEnvironment } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import { environmentOf } from '../../input/named.ts';
import type { Session } from '../../session.ts';
import { resourceCommands, sortOption } from '../resource-command.ts';
import { checkLines } from './check-lines.ts';
import { environmentFields } from './fields.ts';
import { ldapLines, ldapPlaces } from './ldap.ts';
import { type PasswordOptions, passwordOptions, withAccount, withPasswords } from './password.ts';
import { serverText } from './server-text.ts';
import { serverCommands } from './servers.ts';

interface ListOptions {
  search?: string;
  ids?: string;
  sort?: 'name' | '-name';
}

export function environmentCommands(program: Command, cli: Cli): void {
  const env = program
    .command('env')
    .description('environments with their Configuration Servers, LDAP directory or people store');
  const commands = resourceCommands(env, cli, {
    resource: environment,
    calls: ({ environmentApi }: Session) => createEnvironmentAdministration(environmentApi),
    argument: ['<environment>', 'its name or id'],
    idOf: environmentOf,
  });

  commands.list({
    description: 'all environments, in the order of their creation',
    options: (command) =>
      command
        .option(
          '--search <text>',
          'only those with this text in their name, a server address, the tenant, the application or a base of LDAP',
        )
        .option('--ids <ids>', 'only these, separated by commas; at most 100')
        .addOption(sortOption()),
    rows: (calls, { search, ids, sort }: ListOptions) => calls.list(definedOnly({ search, ids, sort })),
    columns: {
      name: 'name',
      id: 'id',
      directory: 'directory',
      tenant: 'tenant',
      tls: 'tlsEnabled',
      servers: serversOf,
    },
    hidden: ['configServers'],
    none: 'There are no environments.',
  });
  commands.show({
    description: 'one environment; its passwords are never shown',
    read: (calls, id) => calls.read(id),
    lines: linesOf,
  });
  commands.create({
    description: 'create an environment; the password of its account is asked for',
    fields: environmentFields,
    options: writeOptions,
    body: async (session, fields: NewEnvironment, given: WriteOptions) =>
      withAccount(session, await withPasswords(session, fields, given)),
    send: (calls, fields, { dryRun }): Promise<Sent> =>
      dryRun ? calls.tryNew(fields) : calls.create(fields),
    print: (session, sent) => print(session, sent, 'created'),
  });
  commands.update({
    description: 'change what is given; the rest stays',
    // The API says why the directory stays.
    fields: environmentFields.filter(({ field }) => field !== 'id'),
    options: writeOptions,
    body: (session, fields: EnvironmentChange, given: WriteOptions) => withPasswords(session, fields, given),
    async send(calls, id, given, { dryRun }): Promise<Sent> {
      const fields = given.ldap?.servers ? withLocations(given, await calls.read(id)) : given;
      return dryRun ? calls.tryChange(id, fields) : calls.change(id, fields);
    },
    print: (session, sent) => print(session, sent, 'changed'),
  });
  commands.remove({
    description: 'delete an environment that no contact centre uses',
    confirmation: async (calls, id) =>
      `Delete the environment ${JSON.stringify(nameOf(await calls.read(id)))}?`,
    remove: (calls, id) => calls.remove(id),
    done: (id) => `Environment ${id} is deleted.`,
  });
  serverCommands(env, cli);
}

interface WriteOptions extends PasswordOptions {
  dryRun?: boolean;
}

const writeOptions = (command: Command): Command =>
  passwordOptions(command).option(
    '--dry-run',
    'store nothing: connect for real with what is given, as gatehouse check does; exit code 1 when it fails',
  );

type Sent = Written<Environment> | Check;

function print(session: Session, sent: Sent, done: 'created' | 'changed'): void {
  const { output } = session;
  if ('warnings' in sent) {
    output.written(`The environment ${nameOf(sent.data)} (${sent.data.id}) is ${done}.`, sent);
    return;
  }
  output.text(sent, checkLines(sent, output));
  output.note('Nothing is stored: this was a dry run.');
  if (!sent.ok) session.exitCode = exitCodes.negative;
}

const nameOf = ({ name, id }: Environment) => name ?? id;

/** The option names no locations: a server that stays keeps those that it serves. */
function withLocations(fields: EnvironmentChange, { ldap }: Environment): EnvironmentChange {
  const servers = fields.ldap?.servers?.map((server) => {
    const isSame = ({ address, port }: { address: string; port: number }) =>
      address === server.address && (server.port === undefined || port === Number(server.port));
    return { ...definedOnly({ locations: ldap?.servers.find(isSame)?.locations }), ...server };
  });
  return { ...fields, ldap: { ...fields.ldap, ...definedOnly({ servers }) } };
}

function linesOf({ configServers, tls, ldap, ...rest }: Environment): [string, unknown][] {
  return [
    ...Object.entries(rest),
    ...(ldap ? ldapLines(ldap) : []),
    ['tls', tls && Object.keys(tls)],
    ...configServers.map((server): [string, unknown] => [`server ${server.id}`, serverLine(server)]),
  ];
}

function serverLine(server: ConfigServer): string {
  const { readOnly, locations } = server;
  return [serverText(server), ...(readOnly ? ['read only'] : []), locations.join(' ')].join(', ');
}

function serversOf({ configServers, consulService, srvRecord, ldap }: Environment): string {
  const registry = consulService ? `Consul ${consulService}` : srvRecord ? `DNS ${srvRecord}` : undefined;
  return [...(registry ? [registry] : []), ...configServers.map(serverText), ...ldapPlaces(ldap)].join(', ');
}
