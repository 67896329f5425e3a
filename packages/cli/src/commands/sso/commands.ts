/** `gatehouse sso`: the settings of single sign-on, and a dry run of them. */
import { checkSingleSignOn } from '@gatehouse/api-client/auth-api';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import { checkLines } from './check-lines.ts';
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
        session.output.text(check, checkLines(check, session.output));
        // Settings that are not enabled yet are no failure: a person enables them after this check.
        const hasFailed = check.protocols.some(({ ok }) => !ok);
        if (hasFailed || check.protocols.length === 0) session.exitCode = exitCodes.negative;
      }),
    );
}
