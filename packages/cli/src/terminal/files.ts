/** Reads and writes files that a person named; a failure says which one. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../failure/failure.ts';
import type { Terminal } from './terminal.ts';

/** `named`: as the person knows the file. @throws UsageError */
export function readNamed(path: string, named = path): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${named} cannot be read: ${(error as Error).message}`, error);
  }
}

/** @throws UsageError */
export function writeNamed(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`, error);
  }
}

/** The value of a variable, or the first line of the file that its companion `…_FILE` names: a second one is the former secret. @throws UsageError */
export function variableOf(env: Terminal['env'], name: string): string | undefined {
  const file = env[`${name}_FILE`];
  return file ? readNamed(file, `${name}_FILE: ${file}`).toString().split('\n', 1)[0]?.trim() : env[name];
}
