/** Builds the page that says what the registration of a client lacks, and why its last requests were refused. */

import type { Finding } from '@gatehouse/contracts/answers';
import type { ClientDiagnosis } from '@gatehouse/contracts/auth-administration';
import { saidIn } from '../../texts/said.ts';
import type { Text, TextKey } from '../../texts/texts.ts';
import { requestHref } from '../audit/tabs.ts';
import { eventOf } from '../audit/words.ts';
import type { Cell, Row, Table } from '../shell/parts.ts';
import { pairsOf, reasonIn, refusalText } from '../shell/refusals.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientHeader } from './page-header.ts';
import type { Part, PartsPage } from './parts-page.ts';

const order: Finding['status'][] = ['failed', 'warning', 'ok', 'skipped'];
const kinds = { failed: 'bad', warning: 'plain', ok: 'good', skipped: 'plain' } as const;

export function diagnosisPage(visit: ConsoleVisit, diagnosis: ClientDiagnosis): PartsPage {
  const { text } = visit;
  const { findings, refusals, requests } = diagnosis;
  const shown = new Set(requests.flatMap(({ examples }) => examples.map((one) => one.correlationId)));
  const others = refusals.filter(({ correlationId }) => !shown.has(correlationId));
  const failed = findings.filter(({ status }) => status === 'failed').length;
  return {
    ...clientHeader(visit, diagnosis, 'diagnosis'),
    lead: text(failed === 0 ? 'console.clients.diagnosis.ok' : 'console.clients.diagnosis.failed', {
      count: failed,
    }),
    parts: [findingsPart(visit, findings), requestsPart(visit, requests), refusalsPart(visit, others)],
  };
}

function findingsPart(visit: ConsoleVisit, findings: readonly Finding[]): Part {
  const { text } = visit;
  const table = (shown: readonly Finding[]): Table => ({
    caption: text('console.clients.findings'),
    columns: [
      { label: text('console.clients.checked') },
      { label: text('console.clients.result') },
      { label: text('console.clients.found') },
    ],
    empty: text('console.clients.findings.empty'),
    rows: shown.map(({ name, status, ...found }) => ({
      cells: [
        { text: checkOf(text, name) },
        { text: '', badge: { text: text(`console.clients.finding.${status}`), kind: kinds[status] } },
        { text: saidIn(visit, found).text },
      ],
    })),
  });
  const sorted = findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const asksForChange = ({ status }: Finding) => status === 'failed' || status === 'warning';
  const faults = sorted.filter(asksForChange);
  const fine = sorted.filter((one) => !asksForChange(one));
  return {
    title: text('console.clients.findings'),
    ...(faults.length > 0 && { lead: text('console.clients.findings.lead') }),
    table: faults.length > 0 || fine.length === 0 ? table(faults) : undefined,
    folded: foldedOf(text('console.clients.findings.fine', { count: fine.length }), table(fine)),
  };
}

function requestsPart(visit: ConsoleVisit, requests: ClientDiagnosis['requests']): Part {
  const { text } = visit;
  const table = (rows: Row[]): Table => ({
    caption: text('console.clients.requests'),
    columns: [
      { label: text('console.clients.reason') },
      { label: text('console.clients.sent') },
      { label: text('console.clients.asRegistered') },
      { label: text('console.clients.when') },
    ],
    empty: text('console.clients.requests.empty'),
    rows,
  });
  const groups = requests.map((group) => requestRows(visit, group));
  const earlier = groups.flatMap((rows) => rows.slice(1));
  return {
    title: text('console.clients.requests'),
    lead: text('console.clients.requests.lead'),
    table: table(groups.flatMap((rows) => rows.slice(0, 1))),
    folded: foldedOf(text('console.clients.requests.earlier', { count: earlier.length }), table(earlier)),
  };
}

function refusalsPart(visit: ConsoleVisit, refusals: ClientDiagnosis['refusals']): Part {
  const { text } = visit;
  return {
    title: text('console.clients.refusals'),
    lead: text('console.clients.refusals.lead'),
    table: {
      caption: text('console.clients.refusals'),
      columns: [
        { label: text('console.clients.when') },
        { label: text('console.clients.reason') },
        { label: text('console.clients.from') },
        { label: text('console.clients.correlation') },
      ],
      empty: text('console.clients.refusals.empty'),
      rows: refusals.map((refusal) => refusalRow(visit, refusal)),
    },
  };
}

/** A long page is no help on a phone: the first table has what asks for a change. */
function foldedOf(label: string, table: Table): Part['folded'] {
  return table.rows.length === 0 ? undefined : { label, table };
}

/** By the name that Auth API gives the check. */
const checks: Readonly<Record<string, TextKey>> = {
  authentication: 'console.clients.check.authentication',
  'key set': 'console.clients.check.keySet',
  'grant types': 'console.clients.check.grantTypes',
  'redirect URIs': 'console.clients.check.redirectUris',
  PKCE: 'console.clients.check.pkce',
  scope: 'console.clients.check.scope',
  authorities: 'console.clients.check.authorities',
  'contact centres': 'console.clients.check.contactCenters',
  logout: 'console.clients.check.logout',
};

/** A check of a newer server has no text here, so its name is shown. */
function checkOf(text: Text, name: string): string {
  const key = checks[name];
  return key === undefined ? name : text(key);
}

/** The number stands in the first row. Without an example, as in a flood, it stands alone. */
function requestRows(
  { text }: ConsoleVisit,
  { reason, count, lastAt, examples }: ClientDiagnosis['requests'][number],
): Row[] {
  const often = text('console.clients.requests.count', { count });
  const name = refusalText(text, reason);
  if (examples.length === 0)
    return [
      { cells: [{ text: name, note: `${reason} · ${often}` }, none, none, { text: timeOf(text, lastAt) }] },
    ];
  return examples.map(({ at, detail, endpoint, sent, registered, correlationId }, index) => ({
    cells: [
      { text: name, note: [reason, ...(index === 0 ? [often] : []), `${endpoint}: ${detail}`].join(' · ') },
      linesOf(pairsOf(sent)),
      linesOf(pairsOf(registered)),
      { text: timeOf(text, at), href: requestHref(correlationId), ids: [correlationId] },
    ],
  }));
}

const none: Cell = { text: '' };

function linesOf(lines: readonly string[]): Cell {
  return lines.length === 0 ? none : { text: lines.join(' '), isCode: true };
}

const timeOf = (text: Text, at: string) => text('console.at', { at: new Date(at) });

function refusalRow(visit: ConsoleVisit, refusal: ClientDiagnosis['refusals'][number]): Row {
  const { at, name, reason, detail, clientAddress, correlationId } = refusal;
  const code = [reason ?? name, detail].filter((one) => one !== undefined).join(' · ');
  return {
    cells: [
      { text: timeOf(visit.text, at) },
      { text: (reason && reasonIn(visit.text, reason)) ?? eventOf(visit, name), note: code },
      { text: clientAddress ?? '', isCode: clientAddress !== undefined },
      { text: correlationId, isCode: true, href: requestHref(correlationId) },
    ],
  };
}
