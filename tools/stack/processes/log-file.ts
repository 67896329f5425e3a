/** The log of one child process: a file of its own, fresh with every start of the stack. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LogFile {
  readonly path: string;
  /** For the child's output. */
  readonly descriptor: number;
  /** The last lines written since the given size. */
  tail(sinceBytes: number, lines?: number): string;
  size(): number;
  close(): void;
}

export function createLogFile(folder: string, name: string): LogFile {
  const path = join(folder, `${name}.log`);
  closeSync(openSync(path, 'w', 0o600));
  const descriptor = openSync(path, 'a');
  return {
    path,
    descriptor,
    size: () => fstatSync(descriptor).size,
    tail(sinceBytes, lines = 12) {
      const text = readFileSync(path).subarray(sinceBytes).toString().trimEnd();
      return text
        .split('\n')
        .slice(-lines)
        .map((line) => `    ${line.slice(0, 400)}`)
        .join('\n');
    },
    close: () => closeSync(descriptor),
  };
}
