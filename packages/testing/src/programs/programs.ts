/** Finds programs on the PATH and watches those that a test started. */
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const keptCharacters = 4000;

/** A server of a test that can be disturbed. */
export interface DisturbedServer {
  /** Ends the server without a chance to say goodbye; its data stays. */
  kill(): Promise<void>;
  /** The same server again, on the same ports, with its data. */
  restart(): Promise<void>;
  /** It keeps its connections and answers nothing, until `resume`. */
  suspend(): void;
  resume(): void;
  /** Ends the server and removes what it stored. */
  close(): Promise<void>;
}

/** The path of the first of the programs that this machine has. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/**
 * The program and arguments that start a server which ends with this process, however it ends: a run that is interrupted, and a test
 * whose start fails halfway, close nothing. Linux alone can do it; elsewhere the server is started as it is.
 */
export function endingWithUs(signal: 'KILL' | 'INT', program: string, args: readonly string[]) {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  if (setpriv === undefined) return { program, args: [...args] };
  return { program: setpriv, args: ['--pdeathsig', signal, '--', program, ...args] };
}

/** Keeps the end of a program's output for the message of a failed start. `onText` gets each piece of output. */
export function watchProgram(child: ChildProcess, onText?: (text: string) => void) {
  let output = '';
  let ended: string | undefined;
  const read = (chunk: Buffer) => {
    const text = chunk.toString();
    output = (output + text).slice(-keptCharacters);
    onText?.(text);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `ended with ${signal ?? code}`;
  });
  return {
    output: () => output,
    /** How it ended; undefined while it runs. */
    ended: () => ended,
  };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
