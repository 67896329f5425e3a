/** Describes what a part of the run found, and writes it as Markdown. */
import { markdownTable } from '../../../tools/markdown-table.ts';

export interface Row {
  name: string;
  /** In words, with their units. */
  figures: readonly string[];
  /** What must not be; empty when all is well. */
  faults: readonly string[];
  /** Why this machine cannot do it. */
  skipped?: string;
}

const head = ['what happens', 'figures', 'must not be'];

export function tableOf(rows: readonly Row[]): string {
  return markdownTable(head, rows.map(cellsOf));
}

function cellsOf({ name, figures, faults, skipped }: Row): string[] {
  if (skipped !== undefined) return [name, `skipped: ${skipped}`, ''];
  return [name, figures.join('; '), faults.join('; ') || 'none'];
}
