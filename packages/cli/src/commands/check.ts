/** `gatehouse check`: tries where the people of an environment are what a login needs, and tells how far each attempt came. */
import {
  checkEnvironment,
  createEnvironmentAdministration,
} from '@gatehouse/api-client/environment-api/environments';
import type {
  Check,
  DiscoveryStep,
  LoginStep,
  PeopleStep,
  ServerCheck,
  Step,
} from '@gatehouse/contracts/environment-api/administration/checks';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes } from '../failure/failure.ts';
import type { Output } from '../output/output.ts';
import { renderSteps } from '../output/steps.ts';
import { shown } from '../output/text.ts';
import { address } from './env/place.ts';

export function checkCommand(program: Command, cli: Cli): void {
  program
    .command('check')
    .description(
      'connect to the Configuration Servers or LDAP servers of environments for real, or look into the people store, and try what a login needs there; exit code 1 when one fails',
    )
    .argument('[environment-id...]', 'all environments without it')
    .action(
      cli.action<object, [string[]]>(async (session, _options, given) => {
        const http = session.environmentApi;
        const all = async () => (await createEnvironmentAdministration(http).list()).map(({ id }) => id);
        const ids = given.length > 0 ? given : await all();
        const checks: Check[] = [];
        // One after the other: they share one process there, and the list is read from the top.
        for (const id of ids) {
          const check = await checkEnvironment(http, id);
          checks.push(check);
          if (!session.output.isJson) session.output.raw(lines(check, session.output));
        }
        if (session.output.isJson) session.output.text(checks, '');
        else if (ids.length === 0) session.output.raw('There are no environments.');
        if (checks.some(({ ok }) => !ok)) session.exitCode = exitCodes.negative;
      }),
    );
}

function lines({ environmentId, ok, discovery, servers, people }: Check, output: Output): string {
  const verdict = people
    ? `its people ${ok ? 'can' : 'cannot'} sign in`
    : ok
      ? 'every server passed'
      : 'not every server passed';
  const head = `${output.paint('bold', `Environment ${environmentId}`)}: ${verdict}\n`;
  const found = renderSteps([...(discovery ? [discovery] : []), ...(people ?? [])].map(stepLine), output);
  return `${head}${found}${servers.map((server) => serverLines(server, output)).join('')}`;
}

function serverLines(server: ServerCheck, output: Output): string {
  const { address: host, port, role, source, steps, login = [] } = server;
  const origin = source === 'registry' ? ', from the registry' : '';
  return `  ${shown(address(host, port))} (${role}${origin})\n${renderSteps([...steps, ...login].map(stepLine), output)}`;
}

function stepLine({ step, ...rest }: Step | LoginStep | DiscoveryStep | PeopleStep) {
  return { name: step, ...rest };
}
