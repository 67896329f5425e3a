/** Writes the steps of a run as one Markdown table. */
import { markdownTable } from '../../tools/markdown-table.ts';

export interface Row {
  name: string;
  seconds: number;
  outcome: 'right' | 'wrong' | 'skipped' | 'not run';
  figures: string;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ name, seconds, outcome, figures }) => [
    name,
    seconds.toFixed(1),
    outcome,
    figures.split('\n', 1)[0] ?? '',
  ]);
  const head = ['step', 'seconds', 'outcome', 'figures'];
  return markdownTable(head, lines);
}
