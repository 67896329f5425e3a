/** Describes the surroundings of the program: its streams, its environment, and the place of its files. */
import { homedir } from 'node:os';
import type { Readable } from 'node:stream';

export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  stdin: Readable;
  writeOut(text: string): void;
  writeError(text: string): void;
  /** A person answers questions on it. */
  isInteractive: boolean;
  /** The width of the screen that shows the output. Undefined: the output goes into a file or a pipe. */
  columns: number | undefined;
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  // The reader may end first (a pipe into head); that is no failure of the program.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? 0);
  });
  return {
    env: process.env,
    homeFolder: homedir(),
    stdin,
    writeOut: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    columns: stdout.isTTY === true ? stdout.columns : undefined,
  };
}
