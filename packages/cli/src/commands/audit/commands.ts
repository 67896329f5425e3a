/** `gatehouse audit`: what happened, who changed what, and whether the record of it is whole. */
import {
  createAuditCalls,
  type SecurityEventFilter,
  searchRefusedRequests,
} from '@gatehouse/api-client/auth-api';
import { reshipConfigurationTrail, verifyConfigurationTrail } from '@gatehouse/api-client/environment-api';
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import { type NameOf, nameByPlace } from '../../input/shown-names.ts';
import { type Span, spanned, spanOf } from '../../input/time.ts';
import { printRefusedRequests, refusedEventOf } from '../../output/refused-requests.ts';
import { type Columns, cellsOf } from '../../output/table.ts';
import { shown } from '../../output/text.ts';
import type { Session } from '../../session.ts';
import { auditChangesCommand } from './changes.ts';
import { auditEraseCommand } from './erase.ts';
import { auditExportCommand } from './export.ts';
import { type Follow, followEvents } from './follow.ts';
import { auditRefusedCommand } from './refused.ts';
import { auditRetentionCommand } from './retention.ts';

interface FilterOptions extends Span {
  user?: string;
  by?: string;
  kind?: string;
  event?: string;
  outcome?: string;
  client?: string;
  contactCenter?: string;
  correlation?: string;
  limit: string;
  follow?: boolean;
}

const pageSize = 1000;
const maxName = 64;

const api = (session: Session) => createAuditCalls(session.authApi);

export function auditCommands(program: Command, cli: Cli): void {
  const audit = program
    .command('audit')
    .description('what happened and who changed what: search, follow, verify');

  searchCommand(audit, cli);

  withFilters(audit.command('tail').description('the last security events, oldest first'))
    .option('-f, --follow', 'go on with what comes, until interrupted')
    .action(
      cli.action<FilterOptions>(async (session, options) => {
        const filter = filterOf(options);
        const { data, people } = await api(session).find({ ...filter, limit: options.limit });
        const print = printer(session);
        await print(data.toReversed(), people);
        if (!options.follow) return;
        await followEvents({
          find: (after) => api(session).find({ ...filter, after: String(after), limit: String(pageSize) }),
          shown: data,
          after: data.length > 0 ? 0 : await newest(session),
          print,
          note: session.output.note,
        });
      }),
    );

  auditRefusedCommand(audit, cli);
  auditChangesCommand(audit, cli);
  auditExportCommand(audit, cli);
  auditRetentionCommand(audit, cli);

  audit
    .command('verify')
    .description(
      'check the hash chains of security events and configuration changes; exit code 1 when events were changed or are missing',
    )
    .option('--from <day>', 'first day (UTC), such as 2027-01-31')
    .option('--to <day>', 'last day (UTC)')
    .action(
      cli.action<{ from?: string; to?: string }>(async (session, { from, to }) => {
        const trails = {
          security: await api(session).verify({ from, to }),
          configuration: await verifyConfigurationTrail(session.environmentApi, { from, to }),
        };
        const days = Object.entries(trails).flatMap(([trail, verified]) =>
          verified.days.map((day) => ({ trail, ...day })),
        );
        session.output.rows(
          days,
          {
            trail: 'trail',
            day: 'day',
            events: 'events',
            state: ({ problems, copied }) =>
              problems.join('; ') || (copied ? 'whole, and the same in Elasticsearch' : 'whole'),
            fingerprint: 'hash',
          },
          'There are no events of these days.',
        );
        for (const [trail, { days, waiting }] of Object.entries(trails)) {
          if (days.length === 0)
            session.output.note(`The ${trail} trail has no verified events of these days.`);
          if (waiting > 0) session.output.note(waitingNote(trail, waiting));
        }
        if (days.some(({ problems }) => problems.length > 0)) session.exitCode = exitCodes.negative;
      }),
    );

  audit
    .command('reship')
    .description('send again what a destination refused')
    .action(
      cli.action(async (session) => {
        const security = await api(session).reship();
        const taken = security.taken + (await reshipConfigurationTrail(session.environmentApi));
        session.output.done(`The destinations took ${taken} events now.`, { taken });
      }),
    );

  auditEraseCommand(audit, cli);

  const newest = async (session: Session) => (await api(session).find({ limit: '1' })).data[0]?.seq ?? 0;
}

function waitingNote(trail: string, waiting: number): string {
  const events = waiting === 1 ? '1 event of these days has' : `${waiting} events of these days have`;
  return `The ${trail} trail is not whole yet: ${events} no place in the chain. Verify again in a moment.`;
}

function searchCommand(audit: Command, cli: Cli): void {
  withFilters(
    audit
      .command('search')
      .description('security events, newest first; with --correlation refused requests too'),
  ).action(
    cli.action<FilterOptions>(async (session, options) => {
      const { output } = session;
      const { data, people } = await api(session).find({ ...filterOf(options), limit: options.limit });
      const refused = await refusedOf(session, options);
      if (output.isJson) output.text([...data, ...refused.map(refusedEventOf)], '');
      else if (data.length > 0 || refused.length === 0)
        output.rows(data, columnsWith(await nameByPlace(session, people)), 'There are no such events.');
      printRefusedRequests(refused, output);
    }),
  );
}

/** They are no events, and found by their correlation id alone. */
async function refusedOf(session: Session, { correlation, user, event, outcome }: FilterOptions) {
  if (correlation === undefined || user !== undefined || event !== undefined || outcome === 'success')
    return [];
  return (await searchRefusedRequests(session.authApi, { correlationId: correlation })).requests;
}

function withFilters(command: Command): Command {
  const about = command
    .option('--user <name>', 'user name or sub')
    .option('--by <name>', 'who caused it: the operator account, a client id or the sub of a person')
    .option('--kind <kind>', 'configuration: what administrators changed; security: the rest')
    .option('--event <names>', 'such as login_failed; several are separated by commas')
    .option('--outcome <outcome>', 'success or failure')
    .option('--client <id>', 'client id')
    .option('--contact-center <id>', 'id of the contact centre')
    .option('--correlation <id>', 'the id that an error page shows');
  return spanned(about).option('--limit <number>', 'most events', '50');
}

function filterOf(options: FilterOptions): SecurityEventFilter {
  return {
    user: options.user,
    actor: options.by,
    kind: options.kind,
    name: options.event,
    outcome: options.outcome,
    clientId: options.client,
    contactCenterId: options.contactCenter,
    correlationId: options.correlation,
    ...spanOf(options),
  };
}

/** People who have signed in are named, and others stand by their `sub`. */
function columnsWith(nameOf: NameOf): Columns<SecurityEvent> {
  const named = (sub: unknown) => (typeof sub === 'string' ? nameOf(sub) : undefined);
  return {
    time: 'at',
    event: 'name',
    outcome: 'outcome',
    by: ({ fields }) => clipped(named(fields['actor'])),
    user: ({ fields, sub }) => clipped(fields['userName'] ?? named(sub)),
    ...others,
  };
}

const others: Columns<SecurityEvent> = {
  client: 'clientId',
  from: 'clientAddress',
  reason: ({ fields }) => whyOf(fields),
  correlation: 'correlationId',
};

/** The name for programs, and what it was about. */
function whyOf({ reason, detail }: SecurityEvent['fields']): unknown {
  return detail === undefined || detail === '' ? reason : `${reason}: ${detail}`;
}

/** Cuts a long user name so that it does not fill the table; `--json` has it whole. */
function clipped(name: unknown): unknown {
  return typeof name === 'string' && name.length > maxName ? `${name.slice(0, maxName)}…` : name;
}

/** One line an event, so that it can be followed and grepped. */
function printer(session: Session): Follow['print'] {
  const { output } = session;
  return async (events, people) => {
    if (output.isJson) {
      for (const event of events) output.raw(JSON.stringify(event));
      return;
    }
    const columns = columnsWith(await nameByPlace(session, people));
    for (const event of events) {
      const cells = cellsOf(event, columns).filter((cell) => cell !== undefined);
      output.raw(cells.map(shown).join('  '));
    }
  };
}
