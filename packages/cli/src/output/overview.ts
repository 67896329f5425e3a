/** Renders the overviews of both services for people. */

import type { AuditLag, Ending, Problem } from '@gatehouse/contracts/answers';
import type { AuthApiOverview } from '@gatehouse/contracts/auth-administration';
import type { EnvironmentApiOverview } from '@gatehouse/contracts/environment-administration';
import type { Output } from './output.ts';
import { renderRecord, renderTable } from './table.ts';
import { shown } from './text.ts';
import { wordsFor } from './words.ts';

interface Overviews {
  authApi: AuthApiOverview | undefined;
  environmentApi: EnvironmentApiOverview | undefined;
}

export function renderOverview({ authApi, environmentApi }: Overviews, output: Output): string {
  const answers = [authApi, environmentApi].filter((answer) => answer !== undefined);
  const problems = answers.flatMap((answer) => answer.problems);
  const sections: [title: string, text: string][] = [
    ['Problems', answers.length > 0 && problems.length === 0 ? '  none\n' : problemLines(problems, output)],
    ['Sign-ins', signInLines(authApi?.signIns)],
    ['Links to directories', authApi === undefined ? '' : linkLines(authApi.links)],
    ['Ends soon', endingLines(answers.flatMap(({ endings }) => endings))],
    ['Audit trail', lagLines(answers.flatMap(({ auditLag }) => auditLag ?? []))],
    ['Numbers', numberLines({ authApi, environmentApi })],
  ];
  return sections
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `${output.paint('bold', title)}\n${text}`)
    .join('\n');
}

const marks = { critical: ['red', '✗'], warning: ['yellow', '!'] } as const;

function problemLines(problems: readonly Problem[], output: Output): string {
  return problems
    .map(({ severity, subject, subjectName = subject, message, runbook }) => {
      const [colour, mark] = marks[severity];
      return `  ${output.paint(colour, mark)} ${shown(subjectName)}: ${shown(message)}\n    docs/guides/runbooks.md#${runbook}\n`;
    })
    .join('');
}

function signInLines(signIns: AuthApiOverview['signIns']): string {
  if (signIns === undefined) return '';
  const { total, failures, from, steps, stepSeconds } = signIns;
  const { succeeded, failed, p50Ms, p95Ms, tokensIssued, tokensRefused } = total;
  const most = Math.max(...steps.map((step) => step.succeeded)) / (stepSeconds / 60);
  return indented(
    renderRecord([
      ['since', from],
      ['succeeded', succeeded],
      ['most per minute', Math.round(most * 10) / 10],
      ['failed', failed],
      ['reasons', failures.map(({ reason, count }) => `${wordsFor('reason', reason)} ${count}`)],
      ['half within', p50Ms === undefined ? undefined : `${p50Ms} ms`],
      ['95 % within', p95Ms === undefined ? undefined : `${p95Ms} ms`],
      ['tokens issued', tokensIssued],
      ['token requests refused', tokensRefused],
    ]),
  );
}

function linkLines({ open, connecting, down, notOpen }: AuthApiOverview['links']): string {
  const lines = notOpen.map(({ environmentId, environmentName = environmentId, state, reason }) =>
    shown(`  ${environmentName} ${state}${reason === undefined ? '' : `: ${reason}`}`),
  );
  return `${[`  ${open} open, ${connecting} connecting, ${down} down`, ...lines].join('\n')}\n`;
}

function endingLines(endings: readonly Ending[]): string {
  if (endings.length === 0) return '';
  const rows = endings.toSorted((one, other) => one.endsAt.localeCompare(other.endsAt));
  return indented(
    renderTable(
      rows,
      {
        ends: ({ endsAt }) => endsAt.slice(0, 10),
        what: 'kind',
        of: 'name',
        '': ({ renewsItself }) => (renewsItself ? 'renews itself' : ''),
      },
      { columns: undefined, heading: (text) => text },
    ),
  );
}

function lagLines(lag: readonly AuditLag[]): string {
  return lag
    .map(({ destination, waiting, oldestSeconds, refused }) => {
      const more = refused === 0 ? '' : `, ${refused} refused`;
      return `  ${destination}: ${waiting} waiting, the oldest for ${Math.round(oldestSeconds)} s${more}\n`;
    })
    .join('');
}

function numberLines({ authApi, environmentApi }: Overviews): string {
  const { environments, contactCenters, inactiveContactCenters, apiKeys } = environmentApi?.counts ?? {};
  const fields = [
    ['environments', environments],
    ['contact centres', contactCenters],
    ['inactive contact centres', inactiveContactCenters],
    ['API keys', apiKeys],
    ['clients', authApi?.clients],
  ] as const;
  const known = fields.filter(([, value]) => value !== undefined);
  return known.length === 0 ? '' : indented(renderRecord(known));
}

const indented = (text: string) => text.replace(/^(?=.)/gm, '  ');
