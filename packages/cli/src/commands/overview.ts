/** `gatehouse overview`: problems first, then sign-ins, links, what ends soon, and numbers. */
import { readAuthApiOverview } from '@gatehouse/api-client/auth-api';
import {
  createContactCenterAdministration,
  readEnvironmentApiOverview,
} from '@gatehouse/api-client/environment-api';
import { type OverviewWindow, windows } from '@gatehouse/contracts/answers';
import { type Command, Option } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes } from '../failure/failure.ts';
import { contactCenterOf } from '../input/named.ts';
import { renderOverview } from '../output/overview.ts';
import type { Session } from '../session.ts';
import { askBoth } from './both-services.ts';

interface OverviewOptions {
  window: OverviewWindow;
  contactCenter?: string;
}

export function overviewCommand(program: Command, cli: Cli): void {
  program
    .command('overview')
    .description(
      'problems with their runbooks, sign-ins, links to directories, what ends soon; exit code 1 when there is a problem',
    )
    .addOption(new Option('--window <time>', 'how far back').choices([...windows]).default('1h'))
    .option('--contact-center <name>', 'only of this one: its id, domain or name')
    .action(
      cli.action<OverviewOptions>(async (session, { window, contactCenter }) => {
        const id = contactCenter === undefined ? undefined : await idOf(session, contactCenter);
        const [authApi, environmentApi] = await askBoth(
          session,
          readAuthApiOverview(session.authApi, { window, contactCenterId: id }),
          readEnvironmentApiOverview(session.environmentApi, id),
        );
        const { output } = session;
        const data = { authApi, environmentApi };
        output.text(data, renderOverview(data, output));
        const problems = [data.authApi, data.environmentApi].flatMap((answer) => answer?.problems ?? []);
        if (problems.length > 0) session.exitCode ||= exitCodes.negative;
      }),
    );
}

/** The overviews know ids only. */
async function idOf(session: Session, text: string): Promise<string> {
  const named = await contactCenterOf(session, text);
  if (/^[0-9a-f-]{36}$/i.test(named)) return named;
  const [found] = await createContactCenterAdministration(session.environmentApi).list({ domain: named });
  return found?.id ?? named;
}
