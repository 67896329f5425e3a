/** Runs a command of the program in the process of a test and keeps what it writes. */
import { Readable } from 'node:stream';
import { runCli } from './program.ts';

export interface CommandRun {
  exitCode: number;
  out: string;
  error: string;
}

export interface CommandSurroundings {
  env?: Record<string, string>;
  /** The content of standard input. */
  input?: string | Uint8Array;
  homeFolder?: string;
}

/** Runs one command without a person at a terminal: prompts get no answer. */
export async function runCommand(
  args: readonly string[],
  surroundings: CommandSurroundings = {},
): Promise<CommandRun> {
  let out = '';
  let error = '';
  const exitCode = await runCli(args, {
    env: surroundings.env ?? {},
    homeFolder: surroundings.homeFolder ?? '/nonexistent',
    stdin: Readable.from([surroundings.input ?? '']),
    writeOut: (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
    },
    isInteractive: false,
    columns: undefined,
  });
  return { exitCode, out, error };
}
