/** Reads a file of people (RFC 4180); whatever is wrong is named by its line. */
import { foldSpelling } from '@gatehouse/people-directory';
import { CsvError, parse } from 'csv-parse/sync';
import { type Column, columns, type PersonFields, type TextColumn, textColumns } from './fields.ts';

export const keys = ['userName', 'externalId'] as const;
export type Key = (typeof keys)[number];

export interface Row {
  line: number;
  /** Of the columns that the file has. */
  given: Partial<PersonFields>;
}

export interface PeopleFile {
  rows: Row[];
  columns: Column[];
}

/** Says what is wrong with a line, in words and for programs. */
interface FileProblem {
  /** 0: the file as a whole. */
  line: number;
  column?: string | undefined;
  reason: Reason;
  values: Readonly<Record<string, string | number>>;
  message: string;
}

type Reason = keyof typeof sentences;
type Values = FileProblem['values'];

/** Where a sentence names a column, that is the place of the mistake. */
const sentences = {
  empty: () => 'The file is empty: its first line names the columns',
  no_csv: ({ code }: Values) => `this is no CSV (${code}): is a quotation mark not closed?`,
  passwords: () =>
    'passwords are not imported: people choose their own by a link (gatehouse people password-link)',
  unknown_column: ({ named }: Values) => `unknown column ${named}; there are ${columns.join(', ')}`,
  column_twice: ({ column }: Values) => `the column ${column} is there twice`,
  column_missing: ({ column }: Values) => `the column ${column} is missing`,
  cells: ({ count, columns: wanted }: Values) => `has ${count} cells instead of ${wanted}`,
  too_long: ({ column, limit }: Values) => `${column} is longer than ${limit} characters`,
  not_true_or_false: ({ column }: Values) => `${column} must be true or false`,
  missing: ({ column }: Values) => `${column} is missing`,
  twice: ({ column, before }: Values) => `${column} is that of line ${before} already`,
};

/** The file is not as it must be; nothing was done. Its message names the lines. */
export class PeopleFileError extends Error {
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    const shown = problems
      .slice(0, maxShown)
      .map(({ line, message }) => (line === 0 ? message : `line ${line}: ${message}`));
    const rest = problems.length - shown.length;
    super([...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'));
    this.name = 'PeopleFileError';
    this.problems = problems;
  }
}

function problem(line: number, reason: Reason, values: Values = {}): FileProblem {
  const { column } = values;
  return {
    line,
    column: typeof column === 'string' ? column : undefined,
    reason,
    values,
    message: sentences[reason](values),
  };
}

const wrong = (...given: Parameters<typeof problem>) => new PeopleFileError([problem(...given)]);

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

/** @throws PeopleFileError */
export function readPeople(text: string, key: Key): PeopleFile {
  const [head, ...records] = parseRecords(text);
  if (head === undefined) throw wrong(0, 'empty');
  const named = columnsOf(head.record, key);
  const problems: FileProblem[] = [];
  const seen = new Map<string, number>();
  const rows = records.map(({ record, info: { lines: line } }) => {
    const row = readRow(record, named, (reason, values) => problems.push(problem(line, reason, values)));
    const name = keyOf(row, key);
    const before = seen.get(name);
    if (name === '' && key !== 'userName') problems.push(problem(line, 'missing', { column: key }));
    else if (name !== '' && before !== undefined)
      problems.push(problem(line, 'twice', { column: key, before }));
    seen.set(name, line);
    return { line, given: row };
  });
  if (problems.length > 0) throw new PeopleFileError(problems);
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
    throw wrong(lines ?? 1, 'no_csv', { code: error.code });
  }
}

/** @throws PeopleFileError */
function columnsOf(head: readonly string[], key: Key): Column[] {
  const known = head.map((name) => columns.find((column) => column.toLowerCase() === name.toLowerCase()));
  const unknown = head.filter((_name, index) => known[index] === undefined);
  if (unknown.some((name) => /pass(word|wort)/i.test(name))) {
    throw wrong(1, 'passwords');
  }
  if (unknown.length > 0) {
    throw wrong(1, 'unknown_column', { named: unknown.map((name) => JSON.stringify(name)).join(', ') });
  }
  const named = known as Column[];
  const twice = named.find((column, index) => named.indexOf(column) !== index);
  if (twice !== undefined) throw wrong(1, 'column_twice', { column: twice });
  for (const needed of new Set<Column>(['userName', key]))
    if (!named.includes(needed)) throw wrong(1, 'column_missing', { column: needed });
  return named;
}

function readRow(
  cells: readonly string[],
  named: readonly Column[],
  complain: (reason: Reason, values: Values) => void,
): Partial<PersonFields> {
  if (cells.length !== named.length) complain('cells', { count: cells.length, columns: named.length });
  const row: Partial<PersonFields> = {};
  named.forEach((column, index) => {
    const cell = cells[index] ?? '';
    if (cell.length > maxLength && column !== 'groups') complain('too_long', { column, limit: maxLength });
    if (isText(column)) row[column] = cell;
    else if (column === 'groups') row.groups = groupsOf(cell);
    else if (cell === '' || /^(true|false)$/i.test(cell)) row.active = cell.toLowerCase() !== 'false';
    else complain('not_true_or_false', { column });
  });
  if (row.userName === '') complain('missing', { column: 'userName' });
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
