/** Reads the body of a command: what the file of --file says, and over it what the options say. */
import { putAt } from '@gatehouse/contracts/resource';
import type { Command } from 'commander';
import { UsageError } from '../failure/failure.ts';
import type { Session } from '../session.ts';
import { readFields } from './file.ts';
import type { FieldOption } from './options.ts';

/** Adds the options, and --file for everything that has none. */
export function fieldOptions(command: Command, options: readonly FieldOption[]): Command {
  command.option(
    '-f, --file <path>',
    'fields in YAML or JSON; - for standard input. Options count before it',
  );
  for (const { flags, description } of options) command.option(flags, description);
  return command;
}

/** Of the type that the API checks: what is wrong is for the API to say. */
export async function fieldsOf<Body extends object>(
  { terminal }: Session,
  options: object,
  command: readonly FieldOption[],
): Promise<Body> {
  const given = options as Readonly<Record<string, unknown>>;
  const fields = typeof given['file'] === 'string' ? await readFields(terminal, given['file']) : {};
  for (const { flags, field, read } of command) {
    const name = optionName(flags);
    const value = given[name];
    if (typeof value === 'string') putAt(fields, field ?? name, read ? read(value) : value);
  }
  return fields as Body;
}

/** @throws UsageError when there is nothing to change */
export function requireFields<T extends object>(fields: T): T {
  if (Object.keys(fields).length === 0) throw new UsageError('Nothing is given to change: see --help');
  return fields;
}

/** `--tls-enabled <flag>` as commander names it: tlsEnabled. */
function optionName(flags: string): string {
  const long = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
  return long.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
