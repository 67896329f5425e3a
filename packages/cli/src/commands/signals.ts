/** `gatehouse signals`: who is told when sessions end and passwords change. */
import { createSignalAdministration } from '@gatehouse/api-client/auth-api';
import {
  type NewSignalReceiver,
  type SignalReceiverChange,
  signalReceiver,
} from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes, UsageError } from '../failure/failure.ts';
import { secretFrom } from '../input/file.ts';
import { optionsOf } from '../input/options.ts';
import { namesOfCenters } from '../input/shown-names.ts';
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

interface TokenOption {
  tokenFile?: string;
}

const tokenFile = ['--token-file <path>', 'bearer token that is sent to it; - for standard input'] as const;

const tokenOf = async ({ terminal }: Session, { tokenFile: file }: TokenOption) =>
  definedOnly({ bearerToken: await secretFrom(terminal, file, 'The token') });

export function signalCommands(program: Command, cli: Cli): void {
  const signals = program.command('signals').description('receivers of shared signals');
  const api = (session: Session) => createSignalAdministration(session.authApi);
  const commands = resourceCommands(signals, cli, { resource: signalReceiver, calls: api });

  commands.list({
    description: 'who is told when sessions end and passwords change',
    rows: (calls) => calls.list(),
    async columns(session, rows) {
      const nameOf = await namesOfCenters(
        session,
        rows.flatMap(({ contactCenterIds }) => contactCenterIds),
      );
      return {
        ...{ id: 'id', endpoint: 'endpoint', audience: 'audience', events: 'events' },
        'contact centres': ({ contactCenterIds }) => contactCenterIds.map(nameOf).join(', '),
      };
    },
    hidden: ['contactCenterIds'],
    none: 'There are no receivers of signals.',
  });
  commands.show({ description: 'one receiver', read: (calls, id) => calls.read(id) });
  commands.create({
    name: 'add',
    description: 'register a receiver',
    options: (command) => command.option(...tokenFile),
    fields,
    body: async (session, fields: NewSignalReceiver, options: TokenOption) => ({
      ...fields,
      ...(await tokenOf(session, options)),
    }),
    send: (calls, body) => calls.create(body),
    print: ({ output }, receiver) => output.done(`Receiver ${receiver.id} is registered.`, receiver),
  });
  commands.update({
    description: 'change what is given; the rest stays',
    options: (command) =>
      command.option(...tokenFile).option('--remove-token', 'send no bearer token any more'),
    fields,
    async body(session, fields: SignalReceiverChange, options: TokenOption & { removeToken?: true }) {
      if (options.removeToken === undefined) return { ...fields, ...(await tokenOf(session, options)) };
      if (options.tokenFile === undefined) return { ...fields, bearerToken: null };
      throw new UsageError('Give --token-file or --remove-token, not both');
    },
    send: (calls, id, body) => calls.update(id, body),
    print: ({ output }, receiver) => output.done(`Receiver ${receiver.id} is changed.`, receiver),
  });
  commands.remove({
    name: 'remove',
    description: 'tell a receiver nothing more; what waits for it is not sent',
    confirmation: (_calls, id) => `Remove the receiver ${id}?`,
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
