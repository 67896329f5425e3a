/** `gatehouse audit changes`: who changed which configuration, at both services in one list. */
import { type AuditFilter, listAudit } from '@gatehouse/api-client/environment-api';
import { changedEntities, isAdministered } from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { parseLimit } from '../../input/limit.ts';
import { contactCenterOf } from '../../input/named.ts';
import { causersOf } from '../../input/person.ts';
import { namesOfCenters, namesOfClients, namesOfPeople } from '../../input/shown-names.ts';
import { type Span, spanned, spanOf } from '../../input/time.ts';
import { renderChanges } from '../../output/changes.ts';
import { shown } from '../../output/text.ts';
import type { Session } from '../../session.ts';
import { askBoth } from '../both-services.ts';
import { changedId } from './changed-id.ts';
import { type Change, type ChangeFilter, eventChanges } from './event-changes.ts';

interface ChangesOptions extends Span {
  entity?: string;
  entityId?: string;
  cc?: string;
  actor?: string;
  correlation?: string;
  limit: number;
}

/** Adds the command to its group. */
export function auditChangesCommand(audit: Command, cli: Cli): void {
  const command = audit
    .command('changes')
    .description(
      'who changed which configuration, clients, administrators and keys included, the newest first',
    )
    .addOption(new Option('--entity <kind>', 'of this kind').choices(changedEntities))
    .option('--entity-id <name>', 'of this one: its id, or beside --entity its name')
    .option('--cc <name>', 'of the contact centre with this id, domain or name')
    .option('--actor <name>', 'by this person, such as demo\\admin, client or operator account')
    .option('--correlation <id>', 'of this request');
  spanned(command)
    .addOption(new Option('-n, --limit <number>', 'how many entries').default(20).argParser(parseLimit))
    .action(
      cli.action<ChangesOptions>(async (session, options) => {
        const { output } = session;
        const { filter, doubts } = await filterOf(session, options);
        for (const doubt of doubts) output.note(doubt);
        const entries = await changesFound(session, filter, options.limit);
        output.text(entries, output.isJson ? '' : await described(session, entries));
      }),
    );
}

async function filterOf(
  session: Session,
  options: ChangesOptions,
): Promise<{ filter: ChangeFilter; doubts: readonly string[] }> {
  const { entity, entityId, cc, actor, correlation } = options;
  const [center, causers, changed] = await Promise.all([
    cc === undefined ? undefined : contactCenterOf(session, cc),
    actor === undefined ? undefined : causersOf(session, actor),
    entityId === undefined ? undefined : changedId(session, entity, entityId),
  ]);
  const filter = definedOnly({
    entity,
    entityId: changed?.id,
    contactCenterId: center,
    actor: causers?.actors,
    correlationId: correlation,
    ...spanOf(options),
  });
  return { filter, doubts: [causers, changed].flatMap((one) => one?.doubts ?? []) };
}

/** A service that knows nothing of the kind is not asked. */
async function changesFound(session: Session, filter: ChangeFilter, limit: number): Promise<Change[]> {
  const { correlationId, ...asked } = filter;
  const isOfAuthApi = asked.entity !== undefined && isAdministered(asked.entity);
  const configuration: AuditFilter = { ...asked, ...definedOnly({ requestId: correlationId }) };
  const [events = [], entries = []] = await askBoth(
    session,
    isOfAuthApi || asked.entity === undefined ? eventChanges(session, filter, limit) : [],
    isOfAuthApi ? [] : listAudit(session.environmentApi, configuration, limit),
  );
  const all: Change[] = [...events, ...entries];
  return all.toSorted((one, other) => other.at.localeCompare(one.at)).slice(0, limit);
}

async function described(session: Session, entries: readonly Change[]): Promise<string> {
  const { output } = session;
  if (entries.length === 0) return 'There are no entries.\n';
  const [personName, clientName, centerName] = await Promise.all([
    namesOfPeople(
      session,
      entries.flatMap(({ actor, entity, entityId }) => [
        actor.name,
        ...(entity === 'administrator' ? [entityId] : []),
      ]),
    ),
    namesOfClients(
      session,
      entries.map(({ actor }) => actor.name),
    ),
    namesOfCenters(
      session,
      entries.flatMap(({ contactCenterId, contactCenterName }) =>
        contactCenterId === undefined || contactCenterName !== undefined ? [] : [contactCenterId],
      ),
    ),
  ]);
  const text = entries.map(({ at, actor, entityId: id, entityName, ...entry }) => {
    const { kind = '', name: actorId, shownName = personName(clientName(actorId)) } = actor;
    const head = output.paint('bold', [at, kind, shownName].filter(Boolean).map(shown).join(' '));
    const name = entityName ?? (entry.entity === 'administrator' ? personName(id) : undefined);
    const { contactCenterId, contactCenterName = contactCenterId && centerName(contactCenterId) } = entry;
    return `${head}\n${renderChanges([{ ...entry, id, name, contactCenterName }], output)}`;
  });
  return text.join('');
}
