/** Renders rows as columns without frames, so that they can be cut and grepped. */
import { cut, padded, shown, widest } from './text.ts';

/** By title: a field of the row, or what is made of it. */
export type Columns<Row> = Readonly<Record<string, (keyof Row & string) | ((row: Row) => unknown)>>;

const gap = '  ';

/** `columns`: of the screen; undefined = nothing is cut. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: Columns<Row>,
  screen: { columns: number | undefined; heading(text: string): string },
): string {
  const titles = Object.keys(columns);
  const cells = rows.map((row) => cellsOf(row, columns).map(shown));
  const widths = titles.map((title, index) => widest([title, ...cells.map((row) => row[index] ?? '')]));
  const line = (row: readonly string[]) =>
    fitted(
      row
        .map((cell, index) => padded(cell, widths[index] ?? 0))
        .join(gap)
        .trimEnd(),
      screen.columns,
    );
  const head = line(titles.map((title) => title.toUpperCase()));
  return `${[screen.heading(head), ...cells.map(line)].join('\n')}\n`;
}

export function cellsOf<Row>(row: Row, columns: Columns<Row>): unknown[] {
  return Object.values(columns).map((column) => (typeof column === 'function' ? column(row) : row[column]));
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
