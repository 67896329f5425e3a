/** Preloaded into the processes of the test suites: writes down the statements that services send to PostgreSQL, and from which line. */
import { appendFileSync } from 'node:fs';
import { serialize } from 'node:v8';
import pg from 'pg';
import { kindOf, type Statement, statementsVariable } from './statement.ts';

const file = process.env[statementsVariable] ?? '';
const recorded = new Set<string>();
const ofSource = /((?:services|packages)\/[\w-]+\/src\/[^?:()]+\.ts)\S*?:(\d+):\d+/;

function record(query: unknown, given: unknown): void {
  const at = sender();
  if (at === undefined) return;
  const asked = typeof query === 'string' ? { text: query, values: given } : (query as Partial<Statement>);
  if (typeof asked.text !== 'string') return;
  const values = Array.isArray(asked.values) ? asked.values : [];
  // PostgreSQL takes no text with a NUL, so it has no plan for this one; another of its kind has other values.
  if (values.some((value) => typeof value === 'string' && value.includes('\0'))) return;
  const statement: Statement = { at, text: asked.text, values, isNamed: 'name' in asked };
  const kind = kindOf(statement);
  if (recorded.has(kind)) return;
  recorded.add(kind);
  appendFileSync(file, `${serialize(statement).toString('base64')}\n`);
}

/** The line of the sources that the call is in. */
function sender(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 20;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const lines = stack.split('\n');
  const at = lines.findIndex((line) => ofSource.test(line) && !line.includes('packages/testing/'));
  // The pool sends here what was noted when it was asked, also for whoever waited until another one gave a connection back.
  if (lines.slice(0, at).some((line) => line.includes('/pg-pool/'))) return undefined;
  const frame = lines[at];
  const [, path, line] = ofSource.exec(frame ?? '') ?? [];
  return path && `${path}:${line}`;
}

for (const { prototype } of [pg.Client, pg.Pool] as { prototype: { query(...args: unknown[]): unknown } }[]) {
  const { query } = prototype;
  prototype.query = function (...args) {
    record(args[0], args[1]);
    return query.apply(this, args);
  };
}
