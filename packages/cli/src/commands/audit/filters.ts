/** Reads the filters of `gatehouse audit search` and `tail`: the names in them become what the API knows. */
import type { SecurityEventFilter } from '@gatehouse/api-client/auth-api';
import type { Command } from 'commander';
import { clientOf, contactCenterOf } from '../../input/named.ts';
import { causersOf, seenPerson } from '../../input/person.ts';
import { type Span, spanned, spanOf } from '../../input/time.ts';
import type { Session } from '../../session.ts';

export interface FilterOptions extends Span {
  user?: string;
  by?: string;
  kind?: string;
  event?: string;
  outcome?: string;
  client?: string;
  contactCenter?: string;
  correlation?: string;
  limit: string;
}

export function withFilters(command: Command): Command {
  const about = command
    .option(
      '--user <name>',
      'a person, such as demo\\admin; a user name alone: of any contact centre; or a sub',
    )
    .option('--by <name>', 'who caused it: a person, a client by name or id, or the operator account')
    .option('--kind <kind>', 'configuration: what administrators changed; security: the rest')
    .option('--event <names>', 'such as login_failed; several are separated by commas')
    .option('--outcome <outcome>', 'success or failure')
    .option('--client <name>', 'name or id of the client')
    .option('--contact-center <name>', 'id, domain or name of the contact centre')
    .option('--correlation <id>', 'the id that an error page shows');
  return spanned(about).option('--limit <number>', 'most events', '50');
}

/** Events outlive what they are about, so a name that is not known is looked for as it is, and `doubts` says so. @throws Failure, UpstreamError */
export async function filterOf(
  session: Session,
  options: FilterOptions,
): Promise<{ filter: SecurityEventFilter; doubts: readonly string[] }> {
  const { user, by, client, contactCenter } = options;
  const [center, person, causers, named] = await Promise.all([
    contactCenter === undefined ? undefined : contactCenterOf(session, contactCenter),
    user === undefined ? undefined : seenPerson(session, user),
    by === undefined ? undefined : causersOf(session, by),
    client === undefined ? undefined : clientOf(session, client),
  ]);
  const filter = {
    user: person?.user,
    userContactCenterId: person?.home,
    actor: causers?.actors,
    kind: options.kind,
    name: options.event,
    outcome: options.outcome,
    clientId: named?.id,
    contactCenterId: center,
    correlationId: options.correlation,
    ...spanOf(options),
  };
  return { filter, doubts: [person, causers, named].flatMap((one) => one?.doubts ?? []) };
}
