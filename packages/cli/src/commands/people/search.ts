/** `gatehouse people search|profile`: people of a contact centre, wherever its people are. */
import { readPersonProfile, searchEverywhere, searchPeople } from '@gatehouse/api-client/auth-api';
import {
  type ListedPersonView,
  listedStates,
  type PeoplePage,
} from '@gatehouse/contracts/auth-administration';
import { peopleSorts } from '@gatehouse/contracts/environment-api';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { UsageError } from '../../failure/failure.ts';
import { parseLimit } from '../../input/limit.ts';
import { contactCenterOf } from '../../input/named.ts';
import { type PlaceOption, personArgument, personOf } from '../../input/person.ts';
import { wordsFor } from '../../output/words.ts';
import type { Session } from '../../session.ts';

interface SearchOptions {
  state?: string;
  sort?: string;
  contactCenter?: string;
  all?: true;
  limit: number;
}

const pageSize = 50;
const nobody = 'Nobody is called so.';
const more = 'There are more people: a longer text finds them.';

const stateOf = (signIn: ListedPersonView['signIn']) =>
  signIn && wordsFor('state', signIn.reason ?? signIn.verdict);

const columns = {
  'user name': 'userName',
  name: 'name',
  'e-mail': 'email',
  state: 'state',
  'sign-in': ({ signIn }: ListedPersonView) => stateOf(signIn),
  changed: 'changedAt',
  number: 'number',
  sub: 'sub',
} as const;

export function searchCommands(people: Command, cli: Cli): void {
  people
    .command('search')
    .description('people of a contact centre by the beginning of a name, wherever its people are')
    .argument(
      '[text]',
      'of a user name, an e-mail address, a last name, or of first and last name; three characters or more of the people store: any part',
      '',
    )
    .option('--contact-center <name>', 'id, domain or name of the contact centre')
    .addOption(
      new Option(
        '--all',
        'in the people stores of all contact centres, by three characters or more',
      ).conflicts(['contactCenter', 'state', 'sort']),
    )
    .addOption(
      new Option('--state <state>', 'only people of this state, as far as a list knows it').choices(
        listedStates,
      ),
    )
    .addOption(
      new Option('--sort <order>', 'of the people store; with - from the last one on').choices(peopleSorts),
    )
    .option('--limit <number>', 'at most so many people', parseLimit, pageSize)
    .action(
      cli.action<SearchOptions, [string]>(
        async (session, { contactCenter, all, state, sort, limit }, text) => {
          if (all) return showEverywhere(session, text, limit);
          if (contactCenter === undefined)
            throw new UsageError('Say where to search: --contact-center <name>, or --all');
          const id = await contactCenterOf(session, contactCenter);
          const {
            page,
            people: found,
            isWhole,
          } = await search(session, { contactCenter: id, search: text, signIn: state, sort }, limit);
          session.output.rows(found, columns, nobody);
          if (page.matching === 'whole names')
            session.output.note('This Configuration Server compares whole names only.');
          if (page.isCut || !isWhole) session.output.note(more);
        },
      ),
    );

  personArgument(
    people
      .command('profile')
      .description('one person: state, sessions, last sign-in, remembered wrong passwords'),
  ).action(
    cli.action<PlaceOption, [string]>(async (session, { contactCenter }, name) => {
      const profile = await readPersonProfile(session.authApi, await personOf(session, name, contactCenter));
      const { person, ...rest } = profile;
      const { signIn, ...known } = person;
      session.output.record(profile, [
        ...Object.entries(known),
        ['sign-in', stateOf(signIn)],
        ['source', rest.source],
        ['contact centre', rest.contactCenterId],
        ['sessions', rest.sessions],
        ['last sign-in', rest.lastSignInAt],
        ['wrong passwords', rest.wrongPasswords],
        ['to wait', rest.waitSeconds === 0 ? undefined : `${rest.waitSeconds} s`],
      ]);
    }),
  );
}

async function showEverywhere(session: Session, text: string, limit: number): Promise<void> {
  const { people, isCut } = await searchEverywhere(session.authApi, text);
  const placed = { 'contact centre': 'contactCenterName', ...columns } as const;
  session.output.rows(people.slice(0, limit), placed, nobody);
  if (isCut || people.length > limit) session.output.note(more);
}

/** One page after another, until there are so many. */
export async function search(
  session: Session,
  query: { contactCenter: string; search: string; signIn: string | undefined; sort?: string | undefined },
  limit: number,
) {
  const people: ListedPersonView[] = [];
  for (let cursor: string | undefined; ; ) {
    const size = Math.min(pageSize, limit - people.length);
    const answer = await searchPeople(session.authApi, { ...query, limit: size, ...(cursor && { cursor }) });
    const page: PeoplePage = answer.data;
    people.push(...page.people);
    cursor = answer.nextCursor;
    if (cursor === undefined || people.length >= limit)
      return { page, people, isWhole: cursor === undefined };
  }
}
