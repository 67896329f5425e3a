/** Runs a command of the program in the process of a test and keeps what it writes. */
import { PassThrough, Readable } from 'node:stream';
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
  /** The answers of a person at the terminal, one line at each question. */
  typed?: readonly string[];
  homeFolder?: string;
}

const question = /(?:\[y\/N\]|: )\s*$/;

/** Runs one command; without `typed` no person is at the terminal, and prompts get no answer. */
export async function runCommand(
  args: readonly string[],
  surroundings: CommandSurroundings = {},
): Promise<CommandRun> {
  let out = '';
  let error = '';
  const { typed } = surroundings;
  const waiting = [...(typed ?? [])];
  const keyboard = new PassThrough();
  const exitCode = await runCli(args, {
    env: surroundings.env ?? {},
    homeFolder: surroundings.homeFolder ?? '/nonexistent',
    stdin: typed === undefined ? Readable.from([surroundings.input ?? '']) : keyboard,
    writeOut: (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
      if (question.test(text)) keyboard.write(`${waiting.shift() ?? ''}\n`);
    },
    isInteractive: typed !== undefined,
    columns: undefined,
  });
  return { exitCode, out, error };
}
