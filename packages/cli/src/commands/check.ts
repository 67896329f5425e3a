/** `gatehouse check`: tries where the people of an environment are what a login needs, and tells how far each attempt came. */
import { countMemberships } from '@gatehouse/api-client/auth-api';
import { checkEnvironment, createEnvironmentAdministration } from '@gatehouse/api-client/environment-api';
import type { HttpClient } from '@gatehouse/api-client/http';
import type { MembershipCounts } from '@gatehouse/contracts/auth-administration';
import type { Check } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes } from '../failure/failure.ts';
import { asked } from '../failure/upstream.ts';
import { environmentOf } from '../input/named.ts';
import type { Output } from '../output/output.ts';
import { renderSteps, type StepLine } from '../output/steps.ts';
import { checkLines } from './env/check-lines.ts';

export function checkCommand(program: Command, cli: Cli): void {
  program
    .command('check')
    .description(
      'connect to the Configuration Servers or LDAP servers of environments for real, or look into the people store, and try what a login needs there; of environments that contact centres share, count people who belong to none of them or to several; exit code 1 when one fails',
    )
    .argument('[environment...]', 'names or ids; all environments without them')
    .action(
      cli.action<object, [string[]]>(async (session, _options, given) => {
        const http = session.environmentApi;
        const all = async () => (await createEnvironmentAdministration(http).list()).map(({ id }) => id);
        const ids =
          given.length > 0
            ? await Promise.all(given.map((named) => environmentOf(session, named)))
            : await all();
        const checks: (Check & Counted)[] = [];
        // One after the other: they share one process there, and the list is read from the top.
        for (const id of ids) {
          const checked = await checkEnvironment(http, id);
          // The environment of a people store serves one contact centre.
          const counted = checked.people ? {} : await count(session.authApi, id);
          const check = { ...checked, ...counted };
          checks.push(check);
          if (!session.output.isJson) session.output.raw(lines(check, session.output));
        }
        if (session.output.isJson) session.output.text(checks, '');
        else if (ids.length === 0) session.output.raw('There are no environments.');
        if (checks.some(({ ok }) => !ok)) session.exitCode = exitCodes.negative;
      }),
    );
}

interface Counted {
  memberships?: MembershipCounts;
  /** Why Auth API did not count. */
  notCounted?: string;
}

/** Auth API of the release before does not count, and a service that is away does not hide what the other one says. */
async function count(http: HttpClient, environmentId: string): Promise<Counted> {
  const { answer, failure } = await asked(countMemberships(http, environmentId));
  return definedOnly({ memberships: answer, notCounted: failure?.message });
}

function memberLines({ memberships, notCounted }: Counted, output: Output): string {
  if (notCounted !== undefined) {
    const message = `not counted: ${notCounted}`;
    return renderSteps([{ name: 'memberships', status: 'skipped', message }], output);
  }
  if (memberships === undefined || memberships.contactCenters < 2) return '';
  const { contactCenters, people, inNone, inSeveral, isWhole } = memberships;
  const of = isWhole ? `of ${people} people` : `of the first ${people} people; there are more`;
  const steps = [countedLine('in none', inNone, of), countedLine('in several', inSeveral, of)];
  return `  ${contactCenters} contact centres share its people\n${renderSteps(steps, output)}`;
}

function countedLine(name: string, { count, names }: MembershipCounts['inNone'], of: string): StepLine {
  if (count === 0) return { name, status: 'ok', message: `nobody ${of}` };
  const rest = count > names.length ? ' and others' : '';
  return { name, status: 'warning', message: `${count} ${of}: ${names.join(', ')}${rest}` };
}

const lines = (check: Check & Counted, output: Output) =>
  checkLines(check, output) + memberLines(check, output);
