/** `gatehouse clients`: the OAuth clients of the installation. */

import type { Written } from '@gatehouse/api-client/administration';
import { createClientAdministration } from '@gatehouse/api-client/auth-api';
import type { ClientView, ClientWithSecret } from '@gatehouse/contracts/auth-administration';
import { type ClientInput, client } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes, UsageError } from '../../failure/failure.ts';
import { readFields } from '../../input/file.ts';
import { optionsOf } from '../../input/options.ts';
import { namesOfRefused } from '../../input/shown-names.ts';
import { printDiagnosis } from '../../output/diagnosis.ts';
import { printRefusedRequests } from '../../output/refused-requests.ts';
import { shown } from '../../output/text.ts';
import type { Session } from '../../session.ts';
import { resourceCommands, sortOption } from '../resource-command.ts';
import { clientEndsCommand } from './ends.ts';
import { exchangesCommand } from './exchanges.ts';

const fields = optionsOf(client, {
  client_id: ['--id <client-id>', 'chosen by you; made up without it'],
  name: ['--name <name>', 'its name, as consent pages show it'],
  description: ['--description <text>', 'what it is for'],
  clientType: ['--client-type <type>', 'CONFIDENTIAL, or PUBLIC: it has no secret'],
  authorizedGrantTypes: ['--grants <names>', 'grant types, separated by commas'],
  redirectURIs: ['--redirect-uris <uris>', 'where codes are sent, separated by commas'],
  postLogoutRedirectURIs: [
    '--post-logout-redirect-uris <uris>',
    'where browsers may go after a logout, separated by commas',
  ],
  backchannelLogoutUri: [
    '--backchannel-logout-uri <uri>',
    'is told by us that a session has ended, with a signed logout token',
  ],
  frontchannelLogoutUri: [
    '--frontchannel-logout-uri <uri>',
    'is loaded in a hidden frame of the browser that signs out',
  ],
  scope: ['--scope <values>', 'scope values, separated by commas'],
  authorities: ['--authorities <names>', 'separated by commas'],
  contactCenterIds: ['--contact-centers <ids>', 'whose users it serves, separated by commas; all without it'],
  internalClient: ['--internal-client <flag>', 'true for the services of the estate'],
});

/** Undefined after a dry run. */
type Created = ClientWithSecret | undefined;

interface ListOptions {
  search?: string;
  cc?: string;
  sort?: 'name' | '-name';
}

const api = (session: Session) => createClientAdministration(session.authApi);

export function clientCommands(program: Command, cli: Cli): void {
  const clients = program.command('clients').description('OAuth clients');
  const commands = resourceCommands(clients, cli, {
    resource: client,
    calls: api,
    argument: ['<client-id>'],
  });

  commands.list({
    description: 'all clients, in the order of their ids',
    options: (command) =>
      command
        .option('--search <text>', 'only those with this text in id, name, description or a redirect URI')
        .option('--cc <id>', 'only those that serve this contact centre')
        .addOption(sortOption()),
    rows: (calls, { search, cc, sort }: ListOptions) =>
      calls.list(definedOnly({ search, contactCenterId: cc, sort })),
    columns: {
      'client id': 'client_id',
      name: 'name',
      type: 'clientType',
      grants: ({ authorizedGrantTypes }) => authorizedGrantTypes.map(shortGrant),
      'last used': ({ lastUsedAt }) => timeOf(lastUsedAt) ?? 'never',
      by: ({ lastGrants = [] }) => lastGrants.slice(0, 1).map(({ grant_type }) => shortGrant(grant_type)),
    },
    // Contact centres that a client serves are many, and stand in `clients show`.
    hidden: ['authorizedGrantTypes', 'contactCenterIds'],
    none: 'There are no clients.',
  });
  commands.show({ description: 'one client', read: (calls, id) => calls.read(id), lines: recordOf });
  commands.create({
    description: 'create a client; a generated secret is shown this once',
    fields,
    options: (command) => command.option('--dry-run', 'store nothing: say what would be refused'),
    async send(calls, body: ClientInput, { dryRun }: { dryRun?: boolean }): Promise<Written<Created>> {
      return dryRun ? { data: undefined, warnings: await calls.tryCreate(body) } : calls.create(body);
    },
    print(session, { data: client, warnings }) {
      session.output.warn(warnings);
      if (client === undefined) return session.output.done('Nothing would be refused. Nothing is stored.');
      const sentence = `Client ${client.client_id} is created`;
      if (client.client_secret === undefined) session.output.done(`${sentence}.`, client);
      else showSecret(session, client, sentence);
    },
  });
  commands.update({
    description: 'change what is given; the rest stays',
    fields: fields.filter(({ isFixed }) => !isFixed),
    send: (calls, id, body: ClientInput) => calls.update(id, body),
    print: ({ output }, written) => output.written(`Client ${written.data.client_id} is changed.`, written),
  });

  rotateSecretCommand(clients, cli);
  diagnoseCommand(clients, cli);
  exchangesCommand(clients, cli);
  clientEndsCommand(clients, cli);

  commands.remove({
    description: 'delete a client and end its tokens; `clients ends` shows what that is',
    async confirmation(calls, id) {
      const { name } = await calls.read(id);
      return `Delete the client ${JSON.stringify(name)} and end its tokens?`;
    },
    remove: (calls, id) => calls.remove(id),
    done: (id) => `Client ${id} is deleted.`,
  });

  applyCommand(clients, cli);
}

function rotateSecretCommand(clients: Command, cli: Cli): void {
  clients
    .command('rotate-secret <client-id>')
    .description('give a client a new secret; it is shown this once')
    .option('--grace-seconds <seconds>', 'how long the former one still works; 0 after a leak')
    .action(
      cli.action<{ graceSeconds?: string }, [string]>(async (session, { graceSeconds }, clientId) => {
        const grace = graceSeconds === undefined ? undefined : Number(graceSeconds);
        const client = await api(session).rotateSecret(clientId, grace);
        showSecret(session, client, `The former secret works until ${client.formerSecretExpiresAt}`);
      }),
    );
}

function diagnoseCommand(clients: Command, cli: Cli): void {
  clients
    .command('diagnose <client-id>')
    .description('what a client lacks for its flow, and why it was refused; exit code 1 when something fails')
    .action(
      cli.action<object, [string]>(async (session, _options, clientId) => {
        const diagnosis = await api(session).diagnose(clientId);
        printDiagnosis(diagnosis, `${shown(diagnosis.name)} (${clientId})`, session.output);
        const requests = diagnosis.requests.flatMap(({ examples }) => examples);
        printRefusedRequests(requests, await namesOfRefused(session, requests), session.output);
        if (!diagnosis.ok) session.exitCode = exitCodes.negative;
      }),
    );
}

function applyCommand(clients: Command, cli: Cli): void {
  clients
    .command('apply')
    .description('create the clients of a file that are missing; the others stay as they are')
    .argument('<file>', 'in YAML or JSON, with a list named clients; - for standard input')
    .option('--update', 'also change the fields that the file names')
    .action(
      cli.action<{ update?: boolean }, [string]>(async (session, { update = false }, path) => {
        const results = await apply(session, await readClients(session, path), update);
        session.output.rows(
          results,
          { 'client id': 'client_id', result: 'result', secret: (row) => row.client_secret ?? '' },
          'The file names no clients.',
        );
        if (results.some((row) => row.client_secret !== undefined))
          session.output.note('Keep the secrets now, they cannot be read again.');
      }),
    );
}

async function apply(session: Session, wanted: readonly WantedClient[], update: boolean) {
  const known = new Set((await api(session).list({})).map((client) => client.client_id));
  const results: { client_id: string; result: string; client_secret?: string | undefined }[] = [];
  for (const client of wanted) {
    const { client_id, ...rest } = client;
    if (!known.has(client_id)) {
      const { data, warnings } = await api(session).create(client);
      const { client_secret } = data;
      session.output.warn(warnings);
      results.push({ client_id, result: 'created', client_secret });
    } else if (update) {
      const { warnings } = await api(session).update(client_id, rest);
      session.output.warn(warnings);
      results.push({ client_id, result: 'changed' });
    } else {
      results.push({ client_id, result: 'kept' });
    }
  }
  return results;
}

interface WantedClient {
  client_id: string;
  [field: string]: unknown;
}

async function readClients(session: Session, path: string): Promise<WantedClient[]> {
  const { clients } = await readFields(session.terminal, path);
  if (Array.isArray(clients) && clients.every(isWanted)) return clients;
  throw new UsageError(`${path} must hold a list named clients, each of them with its client_id`);
}

function isWanted(value: unknown): value is WantedClient {
  return typeof (value as { client_id?: unknown } | null)?.client_id === 'string';
}

/** The secret alone on standard output, so that a script can take it; the sentence stands beside it. */
function showSecret({ output }: Session, client: ClientWithSecret, sentence: string): void {
  output.note(`${sentence}. Keep the secret now, it cannot be read again.`);
  output.text(client, `${client.client_secret}\n`);
}

function recordOf(client: ClientView): [string, unknown][] {
  const times = new Set(['createdAt', 'updatedAt', 'lastUsedAt']);
  const { lastGrants = [], ...fields } = client;
  return [
    ...Object.entries(fields).map(([name, value]): [string, unknown] => [
      name,
      times.has(name) ? timeOf(value) : value,
    ]),
    ['lastGrants', lastGrants.map(({ grant_type, at }) => `${shortGrant(grant_type)} ${timeOf(at)}`)],
  ];
}

function timeOf(ms: unknown): string | undefined {
  return typeof ms === 'number' ? new Date(ms).toISOString() : undefined;
}

function shortGrant(grantType: string): string {
  return grantType.slice(grantType.lastIndexOf(':') + 1);
}
