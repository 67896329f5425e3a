/** `gatehouse people unlock`: ends the delays of a person after wrong passwords, of several people, or of all whom a search finds. */
import { clearDelays, maxUnlocked, unlockPeople } from '@gatehouse/api-client/auth-api';
import { listedStates, type PersonName } from '@gatehouse/contracts/auth-administration';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes, UsageError } from '../../failure/failure.ts';
import { failureOf } from '../../failure/upstream.ts';
import { contactCenterOf } from '../../input/named.ts';
import { type PlaceOption, personOf } from '../../input/person.ts';
import type { Session } from '../../session.ts';
import { search } from './search.ts';

interface UnlockOptions extends PlaceOption {
  search?: string;
  state?: string;
}

/** Each takes two requests at the directory. */
const manyPeople = { timeoutSeconds: 600 };

export function unlockCommand(people: Command, cli: Cli): void {
  people
    .command('unlock')
    .description(
      'forget the wrong passwords of people, of each at most three times within an hour; what the directory has counted or locked stays',
    )
    .argument('[user...]', 'user names, or subs')
    .option('--contact-center <name>', 'id, domain or name of the contact centre of user names')
    .option('--search <text>', `all whom people search finds by this text, at most ${maxUnlocked}`)
    .addOption(
      new Option('--state <state>', 'all of this state, as far as a list knows it').choices(listedStates),
    )
    .action(
      cli.action<UnlockOptions, [string[]]>(async (session, options, users) => {
        const [only, ...others] = await peopleOf(session, options, users);
        if (only === undefined) return session.output.done('Nobody is called so.', []);
        if (others.length === 0 && users.length > 0) return unlockOne(session, only);
        const all = [only, ...others];
        if (users.length === 0)
          await session.sure(`Unlock these people: ${all.map(({ user }) => user).join(', ')}?`);
        await unlockAll(session, all);
      }, manyPeople),
    );
}

/** @throws Failure */
async function peopleOf(
  session: Session,
  { contactCenter, search: text, state }: UnlockOptions,
  users: readonly string[],
): Promise<PersonName[]> {
  const isSearch = text !== undefined || state !== undefined;
  if (isSearch === users.length > 0) throw new UsageError('Name people, or give --search or --state');
  if (users.length > maxUnlocked) throw tooMany();
  if (!isSearch) return Promise.all(users.map((user) => personOf(session, user, contactCenter)));
  if (contactCenter === undefined) throw new UsageError('Say where to search: --contact-center <name>');
  const id = await contactCenterOf(session, contactCenter);
  const query = { contactCenter: id, search: text ?? '', signIn: state };
  const { page, people, isWhole } = await search(session, query, maxUnlocked);
  if (page.isCut || !isWhole) throw tooMany();
  return people.map(({ userName: user }) => ({ user, contactCenter: id }));
}

const tooMany = () =>
  new UsageError(`More than ${maxUnlocked} people: a longer text of --search or a --state finds fewer`);

async function unlockOne({ authApi, output }: Session, person: PersonName): Promise<void> {
  const cleared = await clearDelays(authApi, person);
  output.done(
    `${cleared.refusals} wrong passwords of ${person.user} are forgotten.${waitOf(cleared)}`,
    cleared,
  );
}

function waitOf({ waitSeconds }: { waitSeconds?: number | undefined }): string {
  return waitSeconds === undefined
    ? ''
    : ` The directory has counted them too: the next try still has to wait ${Math.ceil(waitSeconds / 60)} min.`;
}

async function unlockAll(session: Session, people: readonly PersonName[]): Promise<void> {
  const rows = (await unlockPeople(session.authApi, people)).map(({ user, cleared, error }) =>
    error === undefined ? { ...cleared, user } : { user, problem: failureOf(error).message },
  );
  session.output.rows(
    rows,
    {
      user: 'user',
      result: (row) =>
        'problem' in row ? row.problem : `${row.refusals} wrong passwords are forgotten.${waitOf(row)}`,
    },
    '',
  );
  if (rows.some((row) => 'problem' in row)) session.exitCode = exitCodes.refused;
}
