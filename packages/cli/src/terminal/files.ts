/** Reads and writes files that a person named; a failure says which one. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../failure/failure.ts';

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
