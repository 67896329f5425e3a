/** `gatehouse deleted`: what was deleted in the last days, its restoration, and the end of what is kept. */
import { createDeletedClientAdministration } from '@gatehouse/api-client/auth-api';
import { createDeletedAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { DeletedObject, Restoration } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { secretFrom } from '../input/file.ts';
import { namesOfPeople } from '../input/shown-names.ts';
import { shown } from '../output/text.ts';
import type { Session } from '../session.ts';

interface PlaceOption {
  contactCenter?: string;
}

interface RestoreOptions extends PlaceOption {
  name?: string;
  domains?: string;
  environment?: string;
  passwordFile?: string;
}

interface Row {
  id: string;
  kind: string;
  name: string;
  deletedAt: string;
  deletedBy: string;
  until: string;
}

const place = (command: Command): Command =>
  command.option(
    '--contact-center <id>',
    'people of this contact centre alone, as its administrators see them',
  );

const clientsOf = ({ authApi }: Session) => createDeletedClientAdministration(authApi);
const objectsOf = ({ environmentApi }: Session, { contactCenter }: PlaceOption) =>
  createDeletedAdministration(environmentApi, contactCenter);

export function deletedCommands(program: Command, cli: Cli): void {
  const deleted = program
    .command('deleted')
    .description('clients, contact centres, environments and people that were deleted: list, restore');

  place(deleted.command('list').description('what can be restored, newest first'))
    .option('--search <text>', 'only those with this text in their name')
    .action(
      cli.action<PlaceOption & { search?: string }>(async (session, { search, ...whose }) => {
        const rows = await rowsOf(session, whose, search);
        const nameOf = await namesOfPeople(
          session,
          rows.map(({ deletedBy }) => deletedBy),
        );
        const by = ({ deletedBy }: Row) => nameOf(deletedBy);
        session.output.rows(
          rows,
          { id: 'id', kind: 'kind', name: 'name', deleted: 'deletedAt', by, until: 'until' },
          'Nothing was deleted in the last days.',
        );
      }),
    );

  place(
    deleted
      .command('restore <id>')
      .description('restore it under its old id; a client gets a new secret, which is shown this once'),
  )
    .option('--name <name>', 'another client id, user name, or name of a contact centre or environment')
    .option('--domains <names>', 'other tenant names of a contact centre, separated by commas')
    .option('--environment <id>', 'another environment of a contact centre, where its own is gone')
    .option(
      '--password-file <path>',
      'read the password of the account by which an environment reads its people; - for standard input',
    )
    .action(
      cli.action<RestoreOptions, [string]>(async (session, options, id) => {
        const isClient = options.contactCenter === undefined && (await isDeletedClient(session, id));
        if (isClient) await restoreClient(session, id, options);
        else await restoreObject(session, id, options);
      }),
    );

  place(
    deleted
      .command('forget <id>')
      .description('erase what is kept of an environment, a contact centre or a person, before its time'),
  ).action(
    cli.action<PlaceOption, [string]>(async (session, whose, id) => {
      const { name } = await objectsOf(session, whose).read(id);
      await session.sure(`Erase what is kept of ${JSON.stringify(name)}? It cannot be restored afterwards.`);
      await objectsOf(session, whose).forget(id);
      session.output.done(`What was kept of ${shown(name)} is erased.`);
    }),
  );
}

async function rowsOf(session: Session, whose: PlaceOption, search: string | undefined): Promise<Row[]> {
  const objects: (Row | DeletedObject)[] = await objectsOf(session, whose).list({ search });
  if (whose.contactCenter !== undefined) return objects;
  const clients = await clientsOf(session).list({ search });
  const rows = [
    ...objects,
    ...clients.map((client) => ({ ...client, kind: 'client', name: client.client_id })),
  ];
  return rows.toSorted((one, other) => Date.parse(other.deletedAt) - Date.parse(one.deletedAt));
}

async function isDeletedClient(session: Session, id: string): Promise<boolean> {
  try {
    await clientsOf(session).read(id);
    return true;
  } catch (error) {
    // Environment API says in its own words that there is nothing.
    if (error instanceof UpstreamError && (error.status === 404 || error.status === 400)) return false;
    throw error;
  }
}

async function restoreClient(session: Session, id: string, { name }: RestoreOptions): Promise<void> {
  const client = await clientsOf(session).restore(id, definedOnly({ client_id: name }));
  const { client_id, client_secret } = client;
  if (client_secret === undefined) {
    session.output.done(`Client ${client_id} is restored.`, client);
    return;
  }
  session.output.note(`Client ${client_id} is restored. Keep the secret now, it cannot be read again.`);
  session.output.text(client, `${client_secret}\n`);
}

async function restoreObject(session: Session, id: string, options: RestoreOptions): Promise<void> {
  const { name, domains, environment: environmentId, passwordFile } = options;
  const anew: Restoration = definedOnly({
    name,
    domains: domains?.split(',').map((domain) => domain.trim()),
    environmentId,
    password: await secretFrom(session.terminal, passwordFile, 'The password'),
  });
  const restored = await objectsOf(session, options).restore(id, anew);
  const lost = restored.lostSecrets.map((secret) => words[secret]);
  const again = lost.length === 0 ? '' : ` Type again: ${lost.join(', ')}.`;
  session.output.done(`${kinds[restored.kind]} ${restored.id} is restored.${again}`, restored);
}

const kinds: Record<DeletedObject['kind'], string> = {
  environment: 'Environment',
  'contact-center': 'Contact centre',
  person: 'Person',
};

const words: Record<DeletedObject['lostSecrets'][number], string> = {
  accountPassword: 'the password of the account',
  tlsKey: 'the client certificate with its key',
  oidcSecret: 'the client secret of single sign-on, which is switched off until then',
  personPassword: 'a password of the person, such as by a password link',
};
