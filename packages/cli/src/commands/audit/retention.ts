/** `gatehouse audit retention`: which deletions of old rows wait for a confirmation, and the confirmation. */
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
import { confirmWaitingDeletions, readWaitingDeletions } from '@gatehouse/api-client/environment-api';
import type { WaitingDeletion } from '@gatehouse/contracts/answers';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import type { Columns } from '../../output/table.ts';

type Shown = WaitingDeletion & { service: string };

const of = (service: string, deletions: readonly WaitingDeletion[]): Shown[] =>
  deletions.map((deletion) => ({ service, ...deletion }));

export function auditRetentionCommand(audit: Command, cli: Cli): void {
  audit
    .command('retention')
    .description(
      'deletions of old rows that wait, because a clock may have jumped; exit code 1 while some do',
    )
    .option('--confirm', 'let them happen: the clock of PostgreSQL is right')
    .action(
      cli.action<{ confirm?: boolean }>(async (session, { confirm }) => {
        const security = createAuditCalls(session.authApi);
        const waiting = [
          ...of('auth-api', await security.waitingDeletions()),
          ...of('environment-api', await readWaitingDeletions(session.environmentApi)),
        ];
        if (!confirm || waiting.length === 0) {
          session.output.rows(waiting, columns, 'No deletion waits.');
          if (waiting.length > 0) session.exitCode = exitCodes.negative;
          return;
        }
        session.output.note(
          waiting.map(({ service, name, from, to }) => `${service} ${name}: ${from} to ${to}`).join('; '),
        );
        await session.sure(`Delete these ${waiting.length} kinds of old rows? It cannot be taken back.`);
        const confirmed = [
          ...of('auth-api', await security.confirmDeletions()),
          ...of('environment-api', await confirmWaitingDeletions(session.environmentApi)),
        ];
        session.output.done(`Confirmed ${confirmed.length} deletions; they happen within the hour.`, {
          confirmed,
        });
      }),
    );
}

const columns: Columns<Shown> = { service: 'service', rows: 'name', from: 'from', to: 'to' };
