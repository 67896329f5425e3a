/** Prints what an experiment found as one Markdown table, and writes it to a file where one is wanted. */
import { writeFileSync } from 'node:fs';
import { markdownTable } from '../../tools/markdown-table.ts';

/** The cell of each column, by its heading. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string>>;

export function tableOf<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const lines = rows.map((row) => Object.values(columns).map((cell) => cell(row)));
  return markdownTable(Object.keys(columns), lines);
}

export function printTable<Row>(columns: Columns<Row>, rows: readonly Row[], file: string | undefined): void {
  const table = tableOf(columns, rows);
  console.log(`\n${table}`);
  if (file !== undefined) writeFileSync(file, `${table}\n`);
}

/** The line of one row, while the others are still to come. */
export function lineOf<Row>(columns: Columns<Row>, row: Row): string {
  return tableOf(columns, [row]).split('\n').at(-1) ?? '';
}
