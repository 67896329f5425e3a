/** `gatehouse signals`: who is told when sessions end and passwords change. */
import { createSignalAdministration } from '@gatehouse/api-client/auth-api/administration';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { type NewSignalReceiver, signalReceiver } from '@gatehouse/contracts/resources/signal-receiver';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes } from '../failure/failure.ts';
import { secretFrom } from '../input/file.ts';
import { optionsOf } from '../input/options.ts';
import type { Session } from '../session.ts';
import { resourceCommands } from './resource-command.ts';

const fields = optionsOf(signalReceiver, {
  endpoint: ['--endpoint <url>', 'https address that takes security event tokens (RFC 8935)'],
  audience: ['--audience <text>', 'aud of the tokens, as the receiver expects it'],
  events: ['--events <names>', 'session-revoked, credential-change; both without it'],
  contactCenterIds: [
    '--contact-centers <ids>',
    'of whose people it is told, separated by commas; all without it',
  ],
});

export function signalCommands(program: Command, cli: Cli): void {
  const signals = program.command('signals').description('receivers of shared signals');
  const api = (session: Session) => createSignalAdministration(session.authApi);
  const commands = resourceCommands(signals, cli, { resource: signalReceiver, calls: api });

  commands.list({
    description: 'who is told when sessions end and passwords change',
    rows: (calls) => calls.list(),
    columns: {
      ...{ id: 'id', endpoint: 'endpoint', audience: 'audience', events: 'events' },
      'contact centres': 'contactCenterIds',
    },
    none: 'There are no receivers of signals.',
  });
  commands.create({
    name: 'add',
    description: 'register a receiver',
    options: (command) =>
      command.option('--token-file <path>', 'bearer token that is sent to it; - for standard input'),
    fields,
    async body({ terminal }, fields: NewSignalReceiver, { tokenFile }: { tokenFile?: string }) {
      const bearerToken = await secretFrom(terminal, tokenFile, 'The token');
      return { ...fields, ...definedOnly({ bearerToken }) };
    },
    send: (calls, body) => calls.create(body),
    tell: ({ output }, receiver) => output.done(`Receiver ${receiver.id} is registered.`, receiver),
  });
  commands.remove({
    name: 'remove',
    description: 'tell a receiver nothing more; what waits for it is not sent',
    question: (_calls, id) => `Remove the receiver ${id}?`,
    remove: (calls, id) => calls.remove(id),
    done: (id) => `Receiver ${id} is removed.`,
  });
  signals
    .command('test <id>')
    .description('send a verification event to a receiver now')
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
