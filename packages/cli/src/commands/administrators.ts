/** `gatehouse administrators`: people with rights at the operator console, in the installation or in one contact centre. */
import { createAdministratorCalls, createAppointmentCalls } from '@gatehouse/api-client/auth-api';
import type { AdministratorView, AppointeeView } from '@gatehouse/contracts/auth-administration';
import { administrator, appointment } from '@gatehouse/contracts/resources';
import { type ContactCenterRight, contactCenterRightNames, passwordWay } from '@gatehouse/contracts/values';
import { Argument, type Command, Option } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { contactCenterOf } from '../input/named.ts';
import { list } from '../input/options.ts';
import { type PlaceOption, personArgument, personOf } from '../input/person.ts';
import { type NameOf, namesOfPeople } from '../input/shown-names.ts';
import { columnsOf } from '../output/columns.ts';
import type { Session } from '../session.ts';

interface AddOptions extends PlaceOption {
  right: readonly string[];
  way: string;
  note?: string;
}

const installationRight = 'installation';
const rightWords = [installationRight, ...contactCenterRightNames].join(', ');

const installation = ({ authApi }: Session) => createAdministratorCalls(authApi);
const within = async (session: Session, contactCenter: string) =>
  createAppointmentCalls(session.authApi, await contactCenterOf(session, contactCenter));

const columnsWith = (nameOf: NameOf) =>
  columnsOf<AdministratorView>(
    administrator,
    {
      name: 'name',
      'contact centre': ({ contactCenterId }) => contactCenterId ?? 'not known: gives no right',
      'way of sign-in': ({ way }) => way ?? 'not known: gives no right',
      since: 'addedAt',
      'added by': ({ addedBy }) => nameOf(addedBy),
      note: 'note',
      sub: 'sub',
    },
    ['user', 'contactCenter', 'way'],
  );
const columnsWithin = (nameOf: NameOf) =>
  columnsOf<AppointeeView>(
    appointment,
    {
      name: 'name',
      rights: ({ rights }) => rights.join(', '),
      'way of sign-in': 'way',
      since: 'addedAt',
      'added by': ({ addedBy }) => nameOf(addedBy),
      sub: 'sub',
    },
    ['user', 'rights'],
  );

const authorsOf = (session: Session, all: readonly { addedBy: string }[]) =>
  namesOfPeople(
    session,
    all.map(({ addedBy }) => addedBy),
  );

export function administratorCommands(program: Command, cli: Cli): void {
  const administrators = program
    .command('administrators')
    .description(
      'people with rights at the operator console, in all or in one contact centre: list, add, remove',
    );
  const place = ['--contact-center <name>', 'id, domain or name: the list of this contact centre'] as const;

  administrators
    .command('list')
    .description('who is an installation administrator, or has a right in a contact centre, and since when')
    .option(...place)
    .action(
      cli.action<PlaceOption>(async (session, { contactCenter }) => {
        if (contactCenter === undefined) {
          const none =
            'There are no installation administrators: only the operator account and managing clients administer everything.';
          const all = await installation(session).list();
          return session.output.rows(all, columnsWith(await authorsOf(session, all)), none);
        }
        const { administrators: all } = await (await within(session, contactCenter)).read();
        const columns = columnsWithin(await authorsOf(session, all));
        session.output.rows(all, columns, 'The list of the contact centre is empty.');
      }),
    );

  personArgument(
    administrators
      .command('add')
      .description('let a person administer everything, or have a right in a contact centre'),
  )
    .addOption(
      new Option('--right <rights>', `what the person may do: ${rightWords}`)
        .default([installationRight])
        .argParser(list),
    )
    .option(
      '--way <way>',
      'the way of sign-in that counts: password, or "oidc ISSUER" or "saml ENTITY-ID"',
      passwordWay,
    )
    .option('--note <text>', 'why, such as the number of a ticket')
    .action(
      cli.action<AddOptions, [string]>(async (session, { right, contactCenter, way, note }, user) => {
        const fields = { way, ...(note === undefined ? {} : { note }) };
        if (right.includes(installationRight)) {
          if (right.length > 1)
            throw new UsageError(`${installationRight} is more than every other right: give it alone`);
          await session.sure(`Let ${user} administer the whole installation?`);
          const named = await personOf(session, user, contactCenter);
          const added = await installation(session).add({ ...named, ...fields });
          return session.output.done(`${added.name} is an installation administrator.`, added);
        }
        const given = right.join(', ');
        if (contactCenter === undefined) throw new UsageError(`The right ${given} needs --contact-center`);
        await session.sure(`Give ${user} the right ${given} in the contact centre ${contactCenter}?`);
        const rights = right as ContactCenterRight[];
        const added = await (await within(session, contactCenter)).add({ user, rights, ...fields });
        session.output.done(`${added.name} has the right ${added.rights.join(', ')}.`, added);
      }),
    );

  administrators
    .command('remove')
    .argument('<sub>', 'as `gatehouse administrators list` shows it')
    .description('take a person off a list; their tokens lose the right within a second')
    .option(...place)
    .option('--even-last', 'also the last administrator on the list of the contact centre')
    .action(
      cli.action<PlaceOption & { evenLast?: boolean }, [string]>(
        async (session, { contactCenter, evenLast = false }, sub) => {
          const where = contactCenter === undefined ? 'installation administrators' : contactCenter;
          await session.sure(`Take ${sub} off the list of ${where}?`);
          if (contactCenter === undefined) await installation(session).remove(sub);
          else await (await within(session, contactCenter)).remove(sub, evenLast);
          session.output.done(`${sub} is not on the list of ${where} any more.`);
        },
      ),
    );

  administrators
    .command('appoint')
    .addArgument(new Argument('<answer>', 'whether they may').choices(['yes', 'no']))
    .description('let administrators of a contact centre change its list, or let them no more')
    .requiredOption(...place)
    .action(
      cli.action<Required<PlaceOption>, [string]>(async (session, { contactCenter }, answer) => {
        const { administratorsAppoint } = await (await within(session, contactCenter)).allow(
          answer === 'yes',
        );
        const verb = administratorsAppoint ? 'change' : 'do not change';
        session.output.done(`Administrators of the contact centre ${verb} the list.`);
      }),
    );
}
