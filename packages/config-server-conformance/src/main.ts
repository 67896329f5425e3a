#!/usr/bin/env node
/** Examines one server and prints a line for each check: the program `config-server-conformance`. */
import { examine } from './examine.ts';
import { findObstacle } from './obstacle.ts';
import { help, parseCommandLine } from './options.ts';
import type { Subject } from './subject.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function main(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  const { subject, isJson } = parseCommandLine(args, process.env);
  return isJson ? conformance(subject, printJson, () => undefined) : conformance(subject, printText, print);
}

/** Returns the exit code. */
async function conformance(
  subject: Subject,
  record: (fields: Record<string, unknown>) => void,
  line: (text: string) => void,
): Promise<number> {
  const obstacle = await findObstacle(subject);
  if (obstacle !== undefined) {
    record({ error: obstacle.error, message: obstacle.message });
    return obstacle.exitCode;
  }
  const { results, obstacle: stopped } = await examine(subject, ({ name, failure }) =>
    line(failure === undefined ? `  passed  ${name}` : `  FAILED  ${name}: ${failure}`),
  );
  const failures = results.filter(({ failure }) => failure !== undefined);
  const passed = results.length - failures.length;
  record({ passed, failed: failures.length, failures, stopped: stopped?.message });
  return failures.length === 0 ? 0 : 1;
}

function printJson(fields: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}

function printText(fields: Record<string, unknown>): void {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const width = Math.max(...given.map(([name]) => name.length));
  for (const [name, value] of given)
    print(`${name.padEnd(width)}  ${typeof value === 'string' ? value : JSON.stringify(value)}`);
}

/** Control characters and changes of direction in texts of the server must not reach the terminal. */
function print(text: string): void {
  process.stdout.write(`${text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')}\n`);
}
