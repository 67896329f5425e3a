/** Preloaded into the processes of the test suites: writes down the statements that services send to PostgreSQL, and from which line. */
import { appendFileSync } from 'node:fs';
import { serialize } from 'node:v8';
import pg from 'pg';
import { kindOf, type Statement, statementsVariable } from './statement.ts';

const file = process.env[statementsVariable] ?? '';
const noted = new Set<string>();
const ofSource = /((?:services|packages)\/[\w-]+\/src\/[^?:()]+\.ts)\S*?:(\d+):\d+/;

function note(query: unknown, given: unknown): void {
  const at = sender();
  if (at === undefined) return;
  const asked = typeof query === 'string' ? { text: query, values: given } : (query as Partial<Statement>);
  if (typeof asked.text !== 'string') return;
  const values = Array.isArray(asked.values) ? asked.values : [];
  const statement: Statement = { at, text: asked.text, values, isNamed: 'name' in asked };
  const kind = kindOf(statement);
  if (noted.has(kind)) return;
  noted.add(kind);
  appendFileSync(file, `${serialize(statement).toString('base64')}\n`);
}

/** The line of the sources that the call is in. */
function sender(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 20;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const frame = stack.split('\n').find((line) => ofSource.test(line) && !line.includes('packages/testing/'));
  const [, path, line] = ofSource.exec(frame ?? '') ?? [];
  return path && `${path}:${line}`;
}

for (const { prototype } of [pg.Client, pg.Pool] as { prototype: { query(...args: unknown[]): unknown } }[]) {
  const { query } = prototype;
  prototype.query = function (...args) {
    note(args[0], args[1]);
    return query.apply(this, args);
  };
}
