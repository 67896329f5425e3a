/** `gatehouse audit refused`: refused requests to the OAuth endpoints, of all clients. */
import { searchRefusedRequests } from '@gatehouse/api-client/auth-api';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { parseLimit } from '../../input/limit.ts';
import { clientOf } from '../../input/named.ts';
import { namesOfRefused } from '../../input/shown-names.ts';
import { type Span, spanned, spanOf } from '../../input/time.ts';
import { refusedColumns } from '../../output/refused-requests.ts';

interface RefusedOptions extends Span {
  reason?: string;
  client?: string;
  unknownClients?: boolean;
  correlation?: string;
  limit: number;
}

/** Adds the command to its group. */
export function auditRefusedCommand(audit: Command, cli: Cli): void {
  const command = audit
    .command('refused')
    .description(
      'requests to the OAuth endpoints that were refused in the last seven days, the newest first: why, what was sent, what is registered',
    )
    .option('--reason <name>', 'such as redirect_uri_not_registered')
    .addOption(new Option('--client <name>', 'of this client, by name or id').conflicts('unknownClients'))
    .option('--unknown-clients', 'only of clients that are not registered')
    .option('--correlation <id>', 'the id that an error page shows');
  spanned(command)
    .addOption(new Option('-n, --limit <number>', 'most requests').default(20).argParser(parseLimit))
    .action(
      cli.action<RefusedOptions>(async (session, options) => {
        const { authApi, output } = session;
        const { reason, client, unknownClients, correlation, limit } = options;
        const named = client === undefined ? undefined : await clientOf(session, client);
        const filter = {
          reason,
          clientId: named?.id,
          unknownClients: unknownClients ? ('true' as const) : undefined,
          correlationId: correlation,
          ...spanOf(options),
        };
        const found = [];
        let before: string | undefined;
        do {
          const size = String(Math.min(pageSize, limit - found.length));
          const { requests, next } = await searchRefusedRequests(authApi, { ...filter, before, limit: size });
          found.push(...requests);
          before = next;
        } while (before !== undefined && found.length < limit);
        for (const doubt of named?.doubts ?? []) output.note(doubt);
        const columns = refusedColumns(await namesOfRefused(session, found));
        output.rows(found, columns, 'No such request was refused in the last seven days.');
      }),
    );
}

/** Of one question to the API. */
const pageSize = 200;
