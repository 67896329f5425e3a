/** Streams a long list as text, page by page: one JSON object per line, or CSV. */
import { Readable } from 'node:stream';
import type { RowFormat } from '@gatehouse/contracts/answers';
import type { FastifyReply } from 'fastify';

/** A value that is no text, number or flag becomes JSON in its cell. */
export interface ExportColumn<Row> {
  name: string;
  value(row: Row): unknown;
}

export interface RowExport<Row> {
  format: RowFormat;
  /** Most rows of the answer. */
  limit: number;
  columns: readonly ExportColumn<Row>[];
  /** At most `limit` rows after `last`; none: that was all. */
  read(last: Row | undefined, limit: number): Promise<readonly Row[]>;
  /** Of the file, without its ending. */
  fileName: string;
}

/** In memory at one time. */
const pageRows = 500;

const mediaTypes: Record<RowFormat, string> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
};

/** Asks for the first page before it answers, so that a failure gets its status. */
export async function sendRows<Row>(reply: FastifyReply, wanted: RowExport<Row>): Promise<never> {
  const { format, fileName } = wanted;
  const first = await wanted.read(undefined, Math.min(pageRows, wanted.limit));
  reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${fileName}.${format}"`)
    .type(`${mediaTypes[format]}; charset=utf-8`);
  // A reader that is slow, or gone, is not read for.
  return reply.send(Readable.from(pieces(first, wanted), { highWaterMark: 1 })) as never;
}

async function* pieces<Row>(first: readonly Row[], { format, limit, columns, read }: RowExport<Row>) {
  if (format === 'csv') yield `${columns.map(({ name }) => cellOf(name)).join()}\r\n`;
  let left = limit;
  for (let page = first; page.length > 0; ) {
    yield page.map((row) => lineOf(row, format, columns)).join('');
    left -= page.length;
    page = left > 0 ? await read(page.at(-1), Math.min(pageRows, left)) : [];
  }
}

function lineOf<Row>(row: Row, format: RowFormat, columns: readonly ExportColumn<Row>[]): string {
  if (format === 'ndjson') return `${JSON.stringify(row)}\n`;
  return `${columns.map(({ value }) => cellOf(value(row))).join()}\r\n`;
}

/**
 * How a formula begins: also in letters of double width, and behind what separates cells elsewhere. Where the comma is the
 * decimal sign, spreadsheets take a semicolon for the separator, and no quotes around the whole text keep it together.
 */
const formula = /(^|[;\t\r\n])(?= *[=+\-@\t\r＝＋－＠])/g;

/** RFC 4180 section 2. A text that a spreadsheet would take for a formula gets an apostrophe. */
function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const harmless = text.replace(formula, "$1'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
