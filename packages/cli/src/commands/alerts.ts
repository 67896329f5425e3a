/** `gatehouse alerts`: who is told of problems by webhook and e-mail, and a test. */
import { readAlerts, testAlerts } from '@gatehouse/api-client/auth-api';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes } from '../failure/failure.ts';

const none = 'Alerts are off: no setting GATEHOUSE_ALERTS_… of Auth API names a receiver.';

export function alertCommands(program: Command, cli: Cli): void {
  const alerts = program.command('alerts').description('who is told of problems by webhook and e-mail');

  alerts
    .command('show')
    .description('who is told, and whether the last message arrived; exit code 1 when one did not')
    .action(
      cli.action(async (session) => {
        const { channels } = await readAlerts(session.authApi);
        session.output.rows(
          channels,
          {
            way: 'channel',
            to: 'target',
            delivered: 'deliveredAt',
            failed: 'failedAt',
            waiting: 'waiting',
            why: 'failure',
          },
          none,
        );
        if (channels.some(({ failure }) => failure !== undefined)) session.exitCode = exitCodes.negative;
      }),
    );

  alerts
    .command('test')
    .description('send a test to everybody who is told now; exit code 1 when somebody did not take it')
    .action(
      cli.action(async (session) => {
        const { results } = await testAlerts(session.authApi);
        session.output.rows(
          results,
          { way: 'channel', to: 'target', taken: 'accepted', why: 'problem' },
          none,
        );
        if (results.some(({ accepted }) => !accepted)) session.exitCode = exitCodes.negative;
      }),
    );
}
