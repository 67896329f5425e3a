/** Builds what the first page tells of alerts, and serves the test that goes to everybody who is told of problems. */
import { readAlerts, testAlerts } from '@gatehouse/api-client/auth-api';
import type { AlertState, AlertTest } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { saidIn } from '../../texts/said.ts';
import type { TextKey } from '../../texts/texts.ts';
import { confirmationOf, confirmFirst } from '../shell/confirmation.ts';
import type { Cell, Table } from '../shell/parts.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';

export interface AlertsSection {
  title: string;
  /** Undefined: nobody is told. */
  table: Table | undefined;
  off: string;
  test: { label: string; href: string };
}

type Channel = AlertState['channels'][number];

const testPath = `${consolePath}/alerts/test`;

export function alertsSection(visit: ConsoleVisit, { channels }: AlertState): AlertsSection {
  const { text } = visit;
  const title = text('console.alerts.title');
  const columns = (['channel', 'target', 'state'] as const).map((name) => ({
    label: text(`console.alerts.${name}`),
  }));
  const rows = channels.map((channel) => ({
    cells: [
      { text: wayOf(visit, channel) },
      { text: channel.target, isCode: true },
      stateCell(visit, channel),
    ],
  }));
  return {
    title,
    table: rows.length === 0 ? undefined : { caption: title, columns, rows, empty: '' },
    off: text('console.alerts.off', { guide: 'docs/guides/alerts.md' }),
    test: { label: text('console.alerts.test'), href: testPath },
  };
}

const wayOf = ({ text }: ConsoleVisit, { channel }: { channel: Channel['channel'] }) =>
  text(`console.alerts.channel.${channel}` as TextKey);

function stateCell(visit: ConsoleVisit, channel: Channel): Cell {
  const { text } = visit;
  const { deliveredAt, failedAt, failure, sentences, waiting } = channel;
  const at = failure === undefined ? deliveredAt : failedAt;
  if (at === undefined) return { text: text('console.alerts.none') };
  const notes = [
    text('console.at', { at: new Date(at) }),
    ...(failure === undefined ? [] : [saidIn(visit, { message: failure, sentences }).text]),
    ...(waiting === 0 ? [] : [text('console.alerts.waiting', { count: waiting })]),
  ];
  const badge =
    failure === undefined
      ? ({ text: text('console.alerts.delivered'), kind: 'good' } as const)
      : ({ text: text('console.alerts.failed'), kind: 'bad' } as const);
  return { text: '', badge, note: notes.join(' · ') };
}

export function alertTestRoute(pages: App, shell: Shell): void {
  confirmFirst(pages, shell, {
    url: '/alerts/test',
    async page(visit) {
      const { channels } = await readAlerts(visit.authApi);
      return confirmationOf(visit, {
        key: 'console.alerts.test',
        breadcrumbs: [{ label: visit.text('console.home.title'), href: consolePath }],
        facts: channels.map((channel) => ({
          label: wayOf(visit, channel),
          value: channel.target,
        })),
        action: testPath,
        cancel: consolePath,
      });
    },
    act: (visit) => testAlerts(visit.authApi),
    done(visit, _asked, { results }) {
      const refused = results.filter(({ accepted }) => !accepted);
      if (refused.length === 0) return shell.done(visit, consolePath, 'console.alerts.test.accepted');
      const lines = refused.map((result) => reasonOf(visit, result));
      const notes = { key: 'console.alerts.test.why', lines } as const;
      return shell.done(visit, consolePath, 'console.alerts.test.refused', undefined, notes);
    },
  });
}

const reasonOf = (
  visit: ConsoleVisit,
  { problem: message = '', sentences, ...result }: AlertTest['results'][number],
) => `${wayOf(visit, result)}: ${saidIn(visit, { message, sentences }).text}`;
