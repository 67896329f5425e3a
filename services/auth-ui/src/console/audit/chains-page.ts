/** Builds the page that verifies the hash chains of both trails, day by day. */
import type { VerifiedDay } from '@gatehouse/contracts/answers';
import type { ConsolePage } from '../shell/pages.ts';
import type { FormField, Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { auditPath, auditTabs } from './tabs.ts';

export interface ChainsPage extends ConsolePage {
  form: { action: string; fields: FormField[]; submit: string };
  /** Absent before days were chosen. */
  result: { isGood: boolean; verdict: string; table: Table } | undefined;
}

type Trails = Record<'security' | 'configuration', readonly VerifiedDay[]>;

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
    isQuiet: true,
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

function resultOf({ text }: ConsoleVisit, trails: Trails): ChainsPage['result'] {
  const days = (['security', 'configuration'] as const).flatMap((trail) =>
    trails[trail].map((day) => ({ trail, ...day })),
  );
  const isGood = days.every(({ problems }) => problems.length === 0);
  return {
    isGood,
    verdict: text(isGood ? 'console.audit.chains.good' : 'console.audit.chains.bad'),
    table: {
      caption: text('console.audit.tab.chains'),
      columns: [
        { label: text('console.audit.chains.day') },
        { label: text('console.audit.chains.trail') },
        { label: text('console.audit.chains.events'), isNumber: true },
        { label: text('console.audit.chains.state') },
        { label: text('console.audit.chains.fingerprint') },
      ],
      empty: text('console.audit.chains.empty'),
      rows: days.map(({ trail, day, events, hash, problems, copied }) => ({
        cells: [
          { text: day },
          { text: text(`console.audit.chains.trail.${trail}`) },
          { text: String(events) },
          {
            text: '',
            badge:
              problems.length === 0
                ? { text: text('console.audit.chains.whole'), kind: 'good' }
                : { text: text('console.audit.chains.broken'), kind: 'bad' },
            note: problems.join('; ') || (copied ? text('console.audit.chains.copied') : undefined),
          },
          { text: hash.slice(0, 16), isCode: true },
        ],
      })),
    },
  };
}
