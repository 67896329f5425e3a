/** A terminal that keeps what is written: for tests that run commands in their own process. */
import { Readable } from 'node:stream';
import { runCli } from '../program.ts';

export interface CommandRun {
  exitCode: number;
  out: string;
  error: string;
}

export interface CommandSurroundings {
  env?: Record<string, string>;
  /** What standard input holds. */
  input?: string;
  homeFolder?: string;
}

/** Runs one command as a script would: nobody answers questions, nothing is on a screen. */
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
