/** `gatehouse audit search|tail`: security events, found once or followed as they come. */
import { createAuditCalls, searchRefusedRequests } from '@gatehouse/api-client/auth-api';
import type { NamedPerson, SecurityEvent } from '@gatehouse/contracts/auth-api';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { nameByPlace, namesOfClients, namesOfRefused } from '../../input/shown-names.ts';
import { printRefusedRequests, refusedEventOf } from '../../output/refused-requests.ts';
import { type Columns, cellsOf } from '../../output/table.ts';
import { shown } from '../../output/text.ts';
import { whyOf } from '../../output/words.ts';
import type { Session } from '../../session.ts';
import { type FilterOptions, filterOf, withFilters } from './filters.ts';
import { type Follow, followEvents } from './follow.ts';

const pageSize = 1000;
const maxName = 64;

const api = (session: Session) => createAuditCalls(session.authApi);

export function searchCommand(audit: Command, cli: Cli): void {
  withFilters(
    audit
      .command('search')
      .description('security events, newest first; with --correlation refused requests too'),
  ).action(
    cli.action<FilterOptions>(async (session, options) => {
      const { output } = session;
      const { filter, doubts } = await filterOf(session, options);
      const { data, people } = await api(session).find({ ...filter, limit: options.limit });
      const refused = await refusedOf(session, options);
      for (const doubt of doubts) output.note(doubt);
      if (output.isJson) output.text([...data, ...refused.map(refusedEventOf)], '');
      else if (data.length > 0 || refused.length === 0)
        output.rows(data, await columnsFor(session, data, people), 'There are no such events.');
      printRefusedRequests(refused, await namesOfRefused(session, refused), output);
    }),
  );
}

export function tailCommand(audit: Command, cli: Cli): void {
  withFilters(audit.command('tail').description('the last security events, oldest first'))
    .option('-f, --follow', 'go on with what comes, until interrupted')
    .action(
      cli.action<FilterOptions & { follow?: boolean }>(async (session, options) => {
        const { filter, doubts } = await filterOf(session, options);
        for (const doubt of doubts) session.output.note(doubt);
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
}

const newest = async (session: Session) => (await api(session).find({ limit: '1' })).data[0]?.seq ?? 0;

/** They are no events, and found by their correlation id alone. */
async function refusedOf(session: Session, { correlation, user, event, outcome }: FilterOptions) {
  if (correlation === undefined || user !== undefined || event !== undefined || outcome === 'success')
    return [];
  return (await searchRefusedRequests(session.authApi, { correlationId: correlation })).requests;
}

/** People who have signed in are named, and others stand by their `sub`. */
async function columnsFor(
  session: Session,
  events: readonly SecurityEvent[],
  people: readonly NamedPerson[],
): Promise<Columns<SecurityEvent>> {
  const clients = events.flatMap(({ clientId, fields }) => [clientId, fields['actor']]);
  const [personName, clientName] = await Promise.all([
    nameByPlace(session, people),
    namesOfClients(
      session,
      clients.filter((id) => typeof id === 'string'),
    ),
  ]);
  const named = (id: unknown) => (typeof id === 'string' ? personName(clientName(id)) : undefined);
  return {
    time: 'at',
    event: 'name',
    outcome: 'outcome',
    by: ({ fields }) => clipped(named(fields['actor'])),
    user: ({ fields, sub }) => clipped(fields['userName'] ?? named(sub)),
    client: ({ clientId }) => named(clientId),
    from: 'clientAddress',
    reason: ({ fields: { reason, detail } }) => whyOf(reason, detail) || undefined,
    correlation: 'correlationId',
  };
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
    const columns = await columnsFor(session, events, people);
    for (const event of events) {
      const cells = cellsOf(event, columns).filter((cell) => cell !== undefined);
      output.raw(cells.map(shown).join('  '));
    }
  };
}
