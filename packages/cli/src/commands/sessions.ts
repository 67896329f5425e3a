/** `gatehouse sessions`: where a person is signed in, and the end of it. */
import { createHeldSessionCalls } from '@gatehouse/api-client/auth-api';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { type PlaceOption, personArgument, personOf } from '../input/person.ts';
import type { Session } from '../session.ts';

export function sessionCommands(program: Command, cli: Cli): void {
  const sessions = program.command('sessions').description('where a person is signed in: list, end');
  const api = (session: Session) => createHeldSessionCalls(session.authApi);

  personArgument(sessions.command('list').description('sessions of a person, newest first')).action(
    cli.action<PlaceOption, [string]>(async (session, { contactCenter }, name) => {
      const held = await api(session).list(await personOf(session, name, contactCenter));
      session.output.rows(
        held.sessions,
        {
          id: 'id',
          since: 'createdAt',
          'last used': 'lastSeenAt',
          from: 'clientAddress',
          applications: 'applications',
          browser: 'userAgent',
        },
        'The person has no sessions.',
      );
    }),
  );

  personArgument(
    sessions.command('end').description('end every session and token of a person, within a second'),
  )
    .option('--session <id>', 'only this one, with its tokens')
    .action(
      cli.action<PlaceOption & { session?: string }, [string]>(async (session, options, name) => {
        const { contactCenter, session: only } = options;
        const what = only === undefined ? 'Every session and token' : 'One session';
        await session.sure(`End ${what.toLowerCase()} of ${name}?`);
        const ended = await api(session).end(await personOf(session, name, contactCenter), only);
        session.output.done(`${what} of ${name} has ended: ${ended.sessions} sessions.`, ended);
      }),
    );
}
