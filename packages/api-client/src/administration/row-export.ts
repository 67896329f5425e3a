/** Reads an export piece by piece, so that none is longer than a client takes. */
import type { RowFormat } from '@gatehouse/contracts/answers';
import type { HttpClient } from '../http/http-client.ts';

export interface ExportedPart {
  path: string;
  query: Readonly<Record<string, string | undefined>>;
  format: RowFormat;
  /** The field that numbers the rows. It is the first column. */
  key: 'seq' | 'id';
}

const rowsAtOnce = 500;

/** The text of all rows. @throws UpstreamError */
export async function* readExport(http: HttpClient, { path, query, format, key }: ExportedPart) {
  for (let before: string | undefined; ; ) {
    const page = { ...query, format, limit: String(rowsAtOnce), before };
    const { text } = await http.send({ path, query: page });
    const lines = text.split(/(?<=\n)/);
    const rows = format === 'csv' ? lines.slice(1) : lines.filter((line) => line !== '');
    if (before === undefined) yield text;
    else if (rows.length > 0) yield rows.join('');
    if (rows.length < rowsAtOnce) return;
    before = keyOf(rows.at(-1) ?? '', format, key);
  }
}

function keyOf(line: string, format: RowFormat, key: string): string {
  return format === 'csv' ? (line.split(',')[0] ?? '') : String(JSON.parse(line)[key]);
}
