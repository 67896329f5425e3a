/** `gatehouse audit`: what happened, who changed what, and whether the record of it is whole. */
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
import { reshipConfigurationTrail, verifyConfigurationTrail } from '@gatehouse/api-client/environment-api';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import type { Session } from '../../session.ts';
import { auditChangesCommand } from './changes.ts';
import { auditEraseCommand } from './erase.ts';
import { auditExportCommand } from './export.ts';
import { auditRefusedCommand } from './refused.ts';
import { auditRetentionCommand } from './retention.ts';
import { searchCommand, tailCommand } from './search.ts';

const api = (session: Session) => createAuditCalls(session.authApi);

export function auditCommands(program: Command, cli: Cli): void {
  const audit = program
    .command('audit')
    .description('what happened and who changed what: search, follow, verify');

  searchCommand(audit, cli);

  tailCommand(audit, cli);
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
}

function waitingNote(trail: string, waiting: number): string {
  const events = waiting === 1 ? '1 event of these days has' : `${waiting} events of these days have`;
  return `The ${trail} trail is not whole yet: ${events} no place in the chain. Verify again in a moment.`;
}
