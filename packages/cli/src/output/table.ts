/** Renders rows as columns without frames, so that they can be cut and grepped. */
import { cut, padded, shown, widest } from './text.ts';

export interface Column<Row> {
  title: string;
  value(row: Row): unknown;
}

const gap = '  ';

/** `columns`: of the screen; undefined = nothing is cut. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  screen: { columns: number | undefined; heading(text: string): string },
): string {
  const cells = rows.map((row) => columns.map((column) => shown(column.value(row))));
  const widths = columns.map((column, index) =>
    widest([column.title, ...cells.map((row) => row[index] ?? '')]),
  );
  const line = (row: readonly string[]) =>
    fitted(
      row
        .map((cell, index) => padded(cell, widths[index] ?? 0))
        .join(gap)
        .trimEnd(),
      screen.columns,
    );
  const head = line(columns.map(({ title }) => title.toUpperCase()));
  return `${[screen.heading(head), ...cells.map(line)].join('\n')}\n`;
}

/** Renders names and values, one a line. */
export function renderRecord(fields: readonly (readonly [name: string, value: unknown])[]): string {
  const given = fields.filter(([, value]) => value !== undefined);
  const width = widest(given.map(([name]) => name));
  return given.map(([name, value]) => `${padded(name, width)}${gap}${shown(value)}\n`).join('');
}

function fitted(line: string, columns: number | undefined): string {
  return columns === undefined ? line : cut(line, columns);
}
