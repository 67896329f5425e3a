/** `gatehouse audit changes`: who changed which configuration. */

import { type AuditFilter, listAudit } from '@gatehouse/api-client/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { parseLimit } from '../../input/limit.ts';
import { namesOfPeople } from '../../input/shown-names.ts';
import { type Span, spanned, spanOf } from '../../input/time.ts';
import { renderChanges } from '../../output/changes.ts';
import { shown } from '../../output/text.ts';

interface AuditOptions extends Span {
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
    .description('who changed which configuration, the newest first')
    .option('--entity <kind>', 'environment, contact-center, setting, location, api-key, saml or oidc')
    .option('--entity-id <id>', 'of the environment or contact centre, name of the setting')
    .option('--cc <id>', 'of this contact centre')
    .option('--actor <name>', 'by this operator account, client id, or sub of a person')
    .option('--correlation <id>', 'of this request');
  spanned(command)
    .addOption(new Option('-n, --limit <number>', 'how many entries').default(20).argParser(parseLimit))
    .action(
      cli.action<AuditOptions>(async (session, { limit, ...options }) => {
        const { environmentApi, output } = session;
        const { entity, entityId, cc, actor: by, correlation } = options;
        const filter: AuditFilter = definedOnly({
          entity,
          entityId,
          contactCenterId: cc,
          actor: by,
          requestId: correlation,
          ...spanOf(options),
        });
        const entries = await listAudit(environmentApi, filter, limit);
        const actors = entries.flatMap(({ actor }) => (actor.kind === 'user' ? [actor.name] : []));
        const nameOf = await namesOfPeople(session, actors);
        const text = entries.map(({ at, actor, entityId: id, entityName: name, ...entry }) => {
          const { kind, shownName = nameOf(actor.name) } = actor;
          const head = output.paint('bold', `${shown(at)} ${shown(kind)} ${shown(shownName)}`);
          return `${head}\n${renderChanges([{ ...entry, id, name }], output)}`;
        });
        output.text(entries, text.length === 0 ? 'There are no entries.\n' : text.join(''));
      }),
    );
}
