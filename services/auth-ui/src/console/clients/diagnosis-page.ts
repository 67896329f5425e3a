/** Builds the page that says what the registration of a client lacks, and why its last requests were refused. */

import type { Finding } from '@gatehouse/contracts/answers';
import type { ClientDiagnosis } from '@gatehouse/contracts/auth-administration';
import { saidIn } from '../../texts/said.ts';
import type { Text, TextKey } from '../../texts/texts.ts';
import { requestHref } from '../audit/tabs.ts';
import type { Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientHeader } from './page-header.ts';
import type { PartsPage } from './parts-page.ts';

const order: Finding['status'][] = ['failed', 'warning', 'ok', 'skipped'];
const kinds = { failed: 'bad', warning: 'plain', ok: 'good', skipped: 'plain' } as const;

export function diagnosisPage(visit: ConsoleVisit, diagnosis: ClientDiagnosis): PartsPage {
  const { text } = visit;
  const { findings, refusals } = diagnosis;
  const failed = findings.filter(({ status }) => status === 'failed').length;
  return {
    ...clientHeader(visit, diagnosis, 'diagnosis'),
    lead: text(failed === 0 ? 'console.clients.diagnosis.ok' : 'console.clients.diagnosis.failed', {
      count: failed,
    }),
    parts: [
      {
        title: text('console.clients.findings'),
        lead: text('console.clients.findings.lead'),
        table: {
          caption: text('console.clients.findings'),
          columns: [
            { label: text('console.clients.checked') },
            { label: text('console.clients.result') },
            { label: text('console.clients.found') },
          ],
          empty: text('console.clients.findings.empty'),
          rows: [...findings]
            .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
            .map(({ name, status, ...found }) => ({
              cells: [
                { text: checkOf(text, name) },
                {
                  text: '',
                  badge: { text: text(`console.clients.finding.${status}`), kind: kinds[status] },
                },
                { text: saidIn(visit, found).text },
              ],
            })),
        },
      },
      {
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
      },
    ],
  };
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

function refusalRow({ text }: ConsoleVisit, refusal: ClientDiagnosis['refusals'][number]): Row {
  const { at, name, reason, detail, clientAddress, correlationId } = refusal;
  return {
    cells: [
      { text: text('console.at', { at: new Date(at) }) },
      { text: reason ?? name, isCode: true, note: detail ?? (reason === undefined ? undefined : name) },
      { text: clientAddress ?? '', isCode: clientAddress !== undefined },
      { text: correlationId, isCode: true, href: requestHref(correlationId) },
    ],
  };
}
