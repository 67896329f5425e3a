/** `gatehouse sso`: the settings of single sign-on, and a dry run of them. */
import { checkSingleSignOn } from '@gatehouse/api-client/auth-api';
import type { SsoCheck } from '@gatehouse/contracts/auth-administration';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import type { Output } from '../../output/output.ts';
import { renderSteps } from '../../output/steps.ts';
import { keyCommands } from './keys.ts';
import { settingsCommands } from './settings.ts';

interface Wish {
  contactCenter: string;
  user?: string;
  location?: string;
}

export function ssoCommands(program: Command, cli: Cli): void {
  const sso = program.command('sso').description('single sign-on of contact centres');
  settingsCommands(sso, cli);
  keyCommands(sso, cli);

  sso
    .command('test')
    .description(
      'ask the identity provider for real and print each check; exit code 1 when one fails, also before it is enabled',
    )
    .requiredOption('--contact-center <id>', 'the contact centre')
    .option('--user <name>', 'a name as the identity provider gives it: is there a person for it?')
    .option('--location <location>', 'try the settings that count there; those of Auth API itself without it')
    .action(
      cli.action<Wish>(async (session, { contactCenter, user: userName, location }) => {
        const check = await checkSingleSignOn(session.authApi, contactCenter, { userName, location });
        session.output.text(check, lines(check, session.output));
        // Settings that are not enabled yet are no failure: a person enables them after this check.
        const hasFailed = check.protocols.some(({ ok }) => !ok);
        if (hasFailed || check.protocols.length === 0) session.exitCode = exitCodes.negative;
      }),
    );
}

function lines({ contactCenterId, protocols }: SsoCheck, output: Output): string {
  if (protocols.length === 0)
    return `Contact centre ${contactCenterId} has no single sign-on settings: gatehouse sso set stores them.\n`;
  return protocols
    .map(({ protocol, location, enabled, ok, steps }) => {
      const outcome = ok ? 'every check passed' : 'not every check passed';
      const state = enabled ? '' : ', not enabled yet';
      const head = output.paint('bold', `${protocol} at ${location}`);
      const next =
        ok && !enabled
          ? `Next: gatehouse sso enable ${protocol} --contact-center ${contactCenterId} --location ${location}\n`
          : '';
      return `${head}: ${outcome}${state}\n${renderSteps(
        steps.map(({ step, ...rest }) => ({ name: step, ...rest })),
        output,
      )}${next}`;
    })
    .join('');
}
