/** Options that are fields of a body: each says its field and how its text is read. */
import type { Command } from 'commander';
import { UsageError } from '../failure/failure.ts';
import type { Session } from '../session.ts';
import { readFields } from './file.ts';

export interface FieldOption {
  flags: string;
  description: string;
  /** Name in the body; that of the option when absent. */
  field?: string;
  read?(text: string): unknown;
}

/** Adds the options, and --file for everything that has none. */
export function fieldOptions(command: Command, options: readonly FieldOption[]): Command {
  command.option(
    '-f, --file <path>',
    'fields in YAML or JSON; - for standard input. Options count before it',
  );
  for (const { flags, description } of options) command.option(flags, description);
  return command;
}

/** The body: what the file says, and over it what the options say. */
export async function fieldsOf(
  { terminal }: Session,
  options: object,
  command: readonly FieldOption[],
): Promise<Record<string, unknown>> {
  const given = options as Readonly<Record<string, unknown>>;
  const fields = typeof given['file'] === 'string' ? await readFields(terminal, given['file']) : {};
  for (const { flags, field, read } of command) {
    const name = optionName(flags);
    const value = given[name];
    if (value !== undefined) fields[field ?? name] = typeof value === 'string' && read ? read(value) : value;
  }
  return fields;
}

/** @throws UsageError when there is nothing to change */
export function requireFields<T extends object>(fields: T): T {
  if (Object.keys(fields).length === 0) throw new UsageError('Nothing is given to change: see --help');
  return fields;
}

export const idField: FieldOption = {
  flags: '--id <uuid>',
  description: 'chosen by you; made up without it',
};

/** Of a text with commas. */
export const list = (text: string): string[] => text.split(',').map((part) => part.trim());

/** Of true and false alone: another word would silently be no. @throws UsageError */
export function flag(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UsageError(`${JSON.stringify(text)} is neither true nor false`);
}

/** `--no-tls` and `--tls-enabled <flag>` as commander names them: tls, tlsEnabled. */
function optionName(flags: string): string {
  const long = /--(?:no-)?([a-z-]+)/.exec(flags)?.[1] ?? '';
  return long.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
