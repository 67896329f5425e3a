/** What a server that a test started says, and whether it has ended: for the message when it does not become ready. */
import type { ChildProcess } from 'node:child_process';

export interface WatchedProgram {
  /** The last of its output. */
  output(): string;
  /** How it ended; undefined while it runs. */
  ended(): string | undefined;
}

const keptCharacters = 4000;

/** `onText` gets each piece of output. */
export function watchProgram(child: ChildProcess, onText?: (text: string) => void): WatchedProgram {
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
  return { output: () => output, ended: () => ended };
}
