/** What commands print: tables for people, JSON lines for scripts. */
import { printable } from '../printable.ts';

export interface Output {
  /** One object for people as lines of name and value, for scripts as JSON. */
  record(fields: Record<string, unknown>): void;
  /** Rows as a table, or a JSON array. */
  table(columns: string[], rows: Record<string, unknown>[]): void;
  line(text: string): void;
}

export function createOutput(write: (text: string) => void, isJson: boolean): Output {
  if (isJson) {
    return {
      record: (fields) => write(`${JSON.stringify(fields)}\n`),
      table: (_columns, rows) => write(`${JSON.stringify(rows)}\n`),
      line: () => undefined,
    };
  }
  return {
    record: (fields) => {
      const width = Math.max(...Object.keys(fields).map((name) => name.length));
      for (const [name, value] of Object.entries(fields)) write(`${name.padEnd(width)}  ${show(value)}\n`);
    },
    table: (columns, rows) => write(renderTable(columns, rows)),
    line: (text) => write(`${printable(text)}\n`),
  };
}

function renderTable(columns: string[], rows: Record<string, unknown>[]): string {
  const cells = [columns, ...rows.map((row) => columns.map((column) => show(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)));
  const line = (row: string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const [head, ...body] = cells;
  return `${[line(head ?? []), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')}\n`;
}

function show(value: unknown): string {
  if (value === undefined || value === null) return '';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
