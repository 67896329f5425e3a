/** `gatehouse signals`: who is told when sessions end and passwords change. */
import { createSignalAdministration } from '@gatehouse/api-client/auth-api/administration';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes } from '../failure/failure.ts';
import { type FieldOption, fieldOptions, fieldsOf, list } from '../input/fields.ts';
import { readSecretFile } from '../input/file.ts';
import type { Session } from '../session.ts';

const creation: readonly FieldOption[] = [
  { flags: '--endpoint <url>', description: 'https address that takes security event tokens (RFC 8935)' },
  { flags: '--audience <text>', description: 'aud of the tokens, as the receiver expects it' },
  {
    flags: '--events <names>',
    description: 'session-revoked, credential-change; both without it',
    read: list,
  },
  {
    flags: '--contact-centers <ids>',
    field: 'contactCenterIds',
    description: 'of whose people it is told, separated by commas; all without it',
    read: list,
  },
];

export function signalCommands(program: Command, cli: Cli): void {
  const signals = program.command('signals').description('receivers of shared signals');
  const api = (session: Session) => createSignalAdministration(session.authApi);

  signals
    .command('list')
    .description('who is told when sessions end and passwords change')
    .action(
      cli.action(async (session) => {
        session.output.rows(
          await api(session).list(),
          [
            { title: 'id', value: (row) => row.id },
            { title: 'endpoint', value: (row) => row.endpoint },
            { title: 'audience', value: (row) => row.audience },
            { title: 'events', value: (row) => row.events },
            { title: 'contact centres', value: (row) => row.contactCenterIds },
          ],
          'There are no receivers of signals.',
        );
      }),
    );

  fieldOptions(
    signals
      .command('add')
      .description('register a receiver')
      .option('--token-file <path>', 'bearer token that is sent to it; - for standard input'),
    creation,
  ).action(
    cli.action<{ tokenFile?: string }>(async (session, options) => {
      const fields = await fieldsOf(session, options, creation);
      if (options.tokenFile !== undefined)
        fields['bearerToken'] = await readSecretFile(session.terminal, options.tokenFile, 'The token');
      const receiver = await api(session).create(fields);
      session.output.done(`Receiver ${receiver.id} is registered.`, receiver);
    }),
  );

  signals
    .command('remove')
    .description('tell a receiver nothing more; what waits for it is not sent')
    .argument('<id>')
    .action(
      cli.action<object, [string]>(async (session, _options, id) => {
        await session.sure(`Remove the receiver ${id}?`);
        await api(session).remove(id);
        session.output.done(`Receiver ${id} is removed.`);
      }),
    );

  signals
    .command('test')
    .description('send a verification event to a receiver now')
    .argument('<id>')
    .action(
      cli.action<object, [string]>(async (session, _options, id) => {
        const answer = await api(session).test(id);
        session.output.done(
          answer.accepted ? `Receiver ${id} accepted the event.` : `Receiver ${id}: ${answer.problem}`,
          answer,
        );
        if (!answer.accepted) session.exitCode = exitCodes.negative;
      }),
    );
}
