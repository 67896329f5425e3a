/** `gatehouse people list|show|create|update|delete|disable|enable|password-link`: people of the people store. */
import { createPeopleAdministration, type PeopleAdministration } from '@gatehouse/api-client/environment-api';
import { fieldsOf, operationOf } from '@gatehouse/api-client/people-file';
import type { ScimUser, StoredPerson } from '@gatehouse/contracts/environment-administration';
import { type NewPerson, type PersonChange, person } from '@gatehouse/contracts/resources';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes, Failure } from '../../failure/failure.ts';
import { contactCenterOf } from '../../input/named.ts';
import { optionsOf } from '../../input/options.ts';
import type { Session } from '../../session.ts';
import { resourceCommands } from '../resource-command.ts';

interface Place {
  contactCenter: string;
}

const placed = (command: Command) =>
  command.requiredOption('--contact-center <name>', 'id, domain or name of the contact centre');

/** A command about one person of the people store. */
export function aboutPerson<Options extends object, Args extends unknown[] = []>(
  command: Command,
  cli: Cli,
  act: (
    session: Session,
    user: ScimUser,
    people: PeopleAdministration,
    options: Options,
    ...args: Args
  ) => Promise<void>,
): void {
  placed(command).action(
    cli.action<Place & Options, [string, ...Args]>(async (session, options, user, ...args) => {
      const people = await open(session, options);
      await act(session, await find(people, user), people, options, ...args);
    }),
  );
}

export const userArgument = ['<user>', 'user name, or SCIM id'] as const;

const personOptions = optionsOf(person, {});

const listing = { timeoutSeconds: 600 };

const columns = {
  'user name': 'userName',
  name: nameOf,
  'e-mail': (row: ScimUser) => fieldsOf(row).email,
  active: (row: ScimUser) => (row.active ? 'yes' : 'no'),
  groups: (row: ScimUser) => fieldsOf(row).groups.join('; '),
  id: 'id',
} as const;

export function storeCommands(people: Command, cli: Cli): void {
  const about = (
    name: string,
    description: string,
    act: (session: Session, user: ScimUser, api: PeopleAdministration) => Promise<void>,
  ) =>
    aboutPerson(
      people
        .command(name)
        .description(description)
        .argument(...userArgument),
      cli,
      act,
    );

  placed(
    people
      .command('list')
      .description('people of the people store')
      .option('--filter <filter>', 'of SCIM, such as: active eq false'),
  ).action(
    cli.action<Place & { filter?: string }>(async (session, options) => {
      const api = await open(session, options);
      session.output.rows(await api.list(options.filter), columns, 'There are no people.');
    }, listing),
  );

  about('show', 'one person of the people store', async ({ output }, user) => {
    const { groups, ...fields } = fieldsOf(user);
    output.record(user, [
      ['id', user.id],
      ...Object.entries(fields).map(([field, value]) => [field, value === '' ? undefined : value] as const),
      ['groups', groups.length === 0 ? undefined : groups.join('; ')],
    ]);
  });

  const commands = resourceCommands<Session, Place>(people, cli, {
    resource: person,
    calls: (session) => session,
    argument: userArgument,
    place: placed,
  });
  commands.create<NewPerson, StoredPerson>({
    description: 'add a person, who then chooses a password by a link',
    fields: personOptions,
    send: async (session, fields, given) => (await open(session, given)).create(fields),
    print: ({ output }, added) => output.done(`${added.userName} is added: ${added.id}`, added),
  });
  commands.update<PersonChange, StoredPerson>({
    description: 'change fields of a person; those that are not given stay',
    fields: personOptions,
    async send(session, name, fields, given) {
      const api = await open(session, given);
      return api.change((await find(api, name)).id, fields);
    },
    print: ({ output }, changed) => output.done(`${changed.userName} is changed.`, changed),
  });
  commands.remove({
    description: 'delete a person: sessions and tokens end within a second',
    confirmation: (_session, name) =>
      `Delete ${name}? Sessions and tokens end; the person can be restored for some days.`,
    async remove(session, name, given) {
      const api = await open(session, given);
      await api.remove((await find(api, name)).id);
    },
    done: (name) => `${name} is deleted.`,
  });

  about(
    'disable',
    'deactivate a person: sessions and tokens end within a second',
    async (session, user, api) => {
      await session.sure(`Deactivate ${user.userName}?`);
      const changed = await api.patch(user.id, [operationOf('active', false)]);
      session.output.done(`${user.userName} is deactivated.`, changed);
    },
  );

  about('enable', 'let a person who was deactivated sign in again', async ({ output }, user, api) => {
    const changed = await api.patch(user.id, [operationOf('active', true)]);
    output.done(`${user.userName} may sign in again.`, changed);
  });

  about(
    'password-link',
    'make the link by which a person chooses a first password; it works once, for 24 hours or as long as the setting password-link-hours says',
    async ({ output }, user, api) => {
      const link = await api.passwordLink(user.id);
      // Alone on standard output, so that a script can take it.
      output.note(`For ${user.userName}, until ${link.expiresAt}; it cannot be read again.`);
      output.text(link, `${link.url}\n`);
    },
  );
}

async function open(session: Session, { contactCenter }: Place): Promise<PeopleAdministration> {
  return createPeopleAdministration(session.environmentApi, await contactCenterOf(session, contactCenter));
}

async function find(people: PeopleAdministration, name: string): Promise<ScimUser> {
  const user = await people.find(name);
  if (user !== undefined) return user;
  throw new Failure(exitCodes.notFound, `There is nobody ${JSON.stringify(name)} in the people store`);
}

function nameOf({ name }: ScimUser): string {
  return [name?.givenName, name?.familyName].filter((part) => part !== undefined).join(' ');
}
