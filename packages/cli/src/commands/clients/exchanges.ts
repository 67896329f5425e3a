/** `gatehouse clients exchanges`: who may exchange the tokens of a client, and which tokens it may exchange. */
import { createClientAdministration } from '@gatehouse/api-client/auth-api';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';

export function exchangesCommand(clients: Command, cli: Cli): void {
  clients
    .command('exchanges <client-id>')
    .description('who may exchange the tokens of a client for whom, and which tokens it may exchange')
    .action(
      cli.action<object, [string]>(async (session, _options, clientId) => {
        const { output } = session;
        const found = await createClientAdministration(session.authApi).exchanges(clientId);
        const names = new Map(found.clients.map(({ client_id, name }) => [client_id, name]));
        const shown = (ids: readonly string[]) =>
          ids.map((id) => (names.get(id) === undefined ? `${id} (unknown)` : id));
        if (output.isJson) return output.text(found, '');
        output.rows(
          found.rights,
          {
            requester: 'requester',
            'tokens of': ({ subjects }) => shown(subjects),
            for: ({ audiences }) => shown(audiences),
            delegation: ({ delegation }) => (delegation ? 'yes' : 'no'),
            'in force': ({ isInForce }) => (isInForce ? 'yes' : 'no: the grant is missing'),
          },
          'No client may exchange its tokens, and it may exchange none.',
        );
        if (found.isCut) output.note('More clients have such rights than are shown.');
      }),
    );
}
