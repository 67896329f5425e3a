/** Builds the page that verifies the hash chains of both trails, day by day. */
import type { VerifiedTrail } from '@gatehouse/contracts/answers';
import type { Text } from '../../texts/texts.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { Cell, FormField, Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { auditPath, auditTabs } from './tabs.ts';

export interface ChainsPage extends ConsolePage {
  form: { action: string; fields: FormField[]; submit: string };
  /** Absent before days were chosen. */
  result: { outcome: 'good' | 'warning' | 'bad'; verdict: string; table: Table } | undefined;
}

type Trails = Record<'security' | 'configuration', VerifiedTrail>;

export function chainsPage(
  visit: ConsoleVisit,
  { from, to }: { from: string; to: string },
  trails?: Trails,
): ChainsPage {
  const { text } = visit;
  const dayField = (name: 'from' | 'to', value: string): FormField => ({
    name,
    label: text(`console.audit.chains.${name}`),
    kind: 'date',
    value,
  });
  return {
    title: text('console.audit.title'),
    lead: text('console.audit.chains.lead'),
    tabs: auditTabs(visit, 'chains'),
    form: {
      action: `${auditPath}/chains`,
      fields: [dayField('from', from), dayField('to', to)],
      submit: text('console.audit.chains.verify'),
    },
    result: trails && resultOf(visit, trails),
  };
}

function resultOf({ text }: ConsoleVisit, trails: Trails): NonNullable<ChainsPage['result']> {
  const both = Object.values(trails);
  const isBroken = both.some(({ days }) => days.some(({ problems }) => problems.length > 0));
  const waiting = both.reduce((sum, trail) => sum + trail.waiting, 0);
  const isEmpty = both.every(({ days }) => days.length === 0);
  const outcome = isBroken ? 'bad' : waiting > 0 || isEmpty ? 'warning' : 'good';
  const key = outcome === 'warning' ? (waiting > 0 ? 'waiting' : 'empty') : outcome;
  return {
    outcome,
    verdict: text(`console.audit.chains.${key}`, { waiting }),
    table: {
      caption: text('console.audit.tab.chains'),
      columns: [
        { label: text('console.audit.chains.day') },
        { label: text('console.audit.chains.trail') },
        { label: text('console.audit.chains.events'), isNumber: true },
        { label: text('console.audit.chains.state') },
        { label: text('console.audit.chains.fingerprint') },
      ],
      empty: '',
      rows: (['security', 'configuration'] as const).flatMap((trail) => rowsOf(text, trail, trails[trail])),
    },
  };
}

/** A trail without events of these days has a row as well, so that nobody takes it for one that was left out. */
function rowsOf(text: Text, trail: keyof Trails, { days, waiting }: VerifiedTrail): Table['rows'] {
  const name = { text: text(`console.audit.chains.trail.${trail}`) };
  const row = (day: string, events: string, state: Cell, fingerprint: string) => ({
    cells: [{ text: day }, name, { text: events }, state, { text: fingerprint, isCode: true }],
  });
  const rows = days.map(({ day, events, hash, problems, copied }) =>
    row(
      day,
      String(events),
      {
        text: '',
        badge:
          problems.length === 0
            ? { text: text('console.audit.chains.whole'), kind: 'good' }
            : { text: text('console.audit.chains.broken'), kind: 'bad' },
        note: problems.join('; ') || (copied ? text('console.audit.chains.copied') : undefined),
      },
      hash.slice(0, 16),
    ),
  );
  if (waiting > 0)
    rows.push(
      row(
        '',
        String(waiting),
        { text: '', badge: { text: text('console.audit.chains.waits'), kind: 'plain' } },
        '',
      ),
    );
  return rows.length > 0 ? rows : [row('', '0', { text: text('console.audit.chains.empty') }, '')];
}
