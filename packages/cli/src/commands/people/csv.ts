/** Reads a file of people (RFC 4180); whatever is wrong is named by its line. */
import { foldSpelling } from '@gatehouse/people-directory';
import { CsvError, parse } from 'csv-parse/sync';
import { UsageError } from '../../failure/failure.ts';
import { type Column, columns, type PersonFields, type TextColumn, textColumns } from './fields.ts';

export type Key = 'userName' | 'externalId';

export interface Row {
  line: number;
  /** Of the columns that the file has. */
  given: Partial<PersonFields>;
}

export interface PeopleFile {
  rows: Row[];
  columns: Column[];
}

interface Problem {
  line: number;
  message: string;
}

interface Record_ {
  record: string[];
  info: { lines: number };
}

const maxShown = 20;
const maxLength = 255;

/** The key of a person. As in the service, user names are equal in every spelling, and external ids only exactly. */
export function keyOf(person: { userName?: string; externalId?: string | undefined }, key: Key): string {
  return key === 'userName' ? foldSpelling(person.userName ?? '') : (person.externalId ?? '');
}

/** @throws UsageError that names the lines */
export function readPeople(text: string, key: Key): PeopleFile {
  const [head, ...records] = parseRecords(text);
  if (head === undefined) throw new UsageError('The file is empty: its first line names the columns');
  const named = columnsOf(head.record, key);
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  const rows = records.map(({ record, info: { lines: line } }) => {
    const row = readRow(record, named, (message) => problems.push({ line, message }));
    const name = keyOf(row, key);
    const before = seen.get(name);
    if (name === '') problems.push({ line, message: `${key} is missing` });
    else if (before !== undefined)
      problems.push({ line, message: `${key} is that of line ${before} already` });
    seen.set(name, line);
    return { line, given: row };
  });
  if (problems.length > 0) throw wrongLines(problems);
  return { rows, columns: named };
}

function parseRecords(text: string): Record_[] {
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
    return parse(text, options) as unknown as Record_[];
  } catch (error) {
    // The parser's own message may quote the line, which holds values of people.
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines?: number };
    throw new UsageError(
      `line ${lines ?? '?'}: this is no CSV (${error.code}): is a quotation mark not closed?`,
    );
  }
}

/** @throws UsageError */
function columnsOf(head: readonly string[], key: Key): Column[] {
  const known = head.map((name) => columns.find((column) => column.toLowerCase() === name.toLowerCase()));
  const unknown = head.filter((_name, index) => known[index] === undefined);
  if (unknown.some((name) => /pass(word|wort)/i.test(name))) {
    throw new UsageError(
      'line 1: passwords are not imported: people choose their own by a link (gatehouse people password-link)',
    );
  }
  if (unknown.length > 0) {
    throw new UsageError(
      `line 1: unknown column ${unknown.map((name) => JSON.stringify(name)).join(', ')}; there are ${columns.join(', ')}`,
    );
  }
  const named = known as Column[];
  const twice = named.find((column, index) => named.indexOf(column) !== index);
  if (twice !== undefined) throw new UsageError(`line 1: the column ${twice} is there twice`);
  for (const needed of new Set<Column>(['userName', key]))
    if (!named.includes(needed)) throw new UsageError(`line 1: the column ${needed} is missing`);
  return named;
}

function readRow(
  cells: readonly string[],
  named: readonly Column[],
  complain: (message: string) => void,
): Partial<PersonFields> {
  if (cells.length !== named.length) complain(`has ${cells.length} cells instead of ${named.length}`);
  const row: Partial<PersonFields> = {};
  named.forEach((column, index) => {
    const cell = cells[index] ?? '';
    if (cell.length > maxLength && column !== 'groups')
      complain(`${column} is longer than ${maxLength} characters`);
    if (isText(column)) row[column] = cell;
    else if (column === 'groups') row.groups = groupsOf(cell);
    else if (cell === '' || /^(true|false)$/i.test(cell)) row.active = cell.toLowerCase() !== 'false';
    else complain('active must be true or false');
  });
  if (row.userName === '') complain('userName is missing');
  return row;
}

function isText(column: Column): column is TextColumn {
  return (textColumns as readonly string[]).includes(column);
}

/** `Agents; Supervisors` */
function groupsOf(cell: string): string[] {
  const names = cell.split(';').map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))].sort();
}

function wrongLines(problems: readonly Problem[]): UsageError {
  const shown = problems.slice(0, maxShown).map(({ line, message }) => `line ${line}: ${message}`);
  const rest = problems.length - shown.length;
  return new UsageError([...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'));
}
